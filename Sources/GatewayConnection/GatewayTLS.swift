#if SMPP || SMTP
    import NIOCore
    package import NIOSSL

    /// TLS with a gateway: 1.2 or later, always verified, and with nobody but the server that was asked for.
    package enum GatewayTLS {
        /// - Parameter authorities: the path of a PEM file; `nil`: those that the system trusts.
        /// - Throws: what SwiftNIO says of a file that it cannot read.
        package static func context(authorities: String?) throws -> NIOSSLContext {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.certificateVerification = .fullVerification
            configuration.shutdownTimeout = .milliseconds(500)
            if let authorities { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities)) }
            return try NIOSSLContext(configuration: configuration)
        }

        /// What an operator is told where ``context(authorities:)`` throws.
        package static func unreadable(_ authorities: String?) -> String {
            "No certificates in PEM can be read from \(authorities.map { "the file \($0)" } ?? "the system's list")."
        }

        /// Nothing that is written leaves before the server's certificate was looked at.
        ///
        /// - Parameter server: a host's name; or an address, which is compared with the one that was connected to.
        package static func handler(_ context: NIOSSLContext, for server: String) throws -> NIOSSLClientHandler {
            guard (try? SocketAddress(ipAddress: server, port: 0)) == nil else {
                return try NIOSSLClientHandler(context: context, serverHostname: nil)
            }
            return try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: server) { certificate, channel in
                CertificateName.holds(certificate, for: server)
                    ? channel.eventLoop.makeSucceededVoidFuture() : channel.eventLoop.makeFailedFuture(CertificateName.Mismatch())
            }
        }

        /// Whether TLS is what failed, as its end of the connection says.
        package static func isFailure(_ error: any Error) -> Bool {
            error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError || error is CertificateName.Mismatch
        }
    }
#endif
