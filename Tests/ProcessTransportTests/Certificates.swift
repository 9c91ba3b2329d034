#if Processes
    import Foundation
    import ProcessTransport
    import Testing

    /// Certificates that `openssl` has made: each its own, signed by nobody else.
    struct Certificates {
        let folder: TemporaryFolder

        init(_ names: (String, days: Int)...) async throws {
            folder = try TemporaryFolder()
            for (name, days) in names {
                let made = try await run(
                    "openssl",
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key(name), "-out",
                        certificate(name), "-days", "\(days)", "-subj", "/CN=\(name)",
                    ])
                try #require(made.status == 0, "\(made.output)")
            }
        }

        func certificate(_ name: String) -> String { folder.file("\(name).pem") }
        func key(_ name: String) -> String { folder.file("\(name).key") }
        func pin(_ name: String) throws -> PinnedCertificate { try PinnedCertificate(pemFile: certificate(name)) }

        func identity(_ name: String) throws -> TLSIdentity {
            try TLSIdentity(certificateFile: certificate(name), privateKeyFile: key(name))
        }

        func serving(_ name: String = "server") throws -> ServerEndpoint {
            .tls(host: "127.0.0.1", port: 0, identity: try identity(name))
        }

        func reaching(_ port: Int, as name: String, server: String = "server") throws -> ClientEndpoint {
            .tls(host: "127.0.0.1", port: port, identity: try identity(name), server: [try pin(server)])
        }
    }
#endif
