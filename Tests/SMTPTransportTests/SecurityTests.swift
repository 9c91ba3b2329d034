#if SMTP
    import CryptoPrimitives
    import GatewayConnection
    import Foundation
    import Messaging
    import NIOCore
    import NIOSSL
    import Testing

    @testable import SMTPTransport

    /// A certificate that `openssl` has made, in a folder that goes with it.
    final class Certificate: Sendable {
        let folder: String
        var file: String { folder + "/certificate.pem" }
        private var key: String { folder + "/key.pem" }

        init(_ subject: String) throws {
            folder = NSTemporaryDirectory() + "smtp-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
                file, "-days", "2",
                "-subj", "/CN=mail", "-addext", "subjectAltName=\(subject)",
            ]
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "openssl makes no certificate")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func serving() throws -> NIOSSLContext {
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) },
                    privateKey: .privateKey(.init(file: key, format: .pem))))
        }
    }

    extension SMTPTransportTests {
        @Suite struct Security {
            private func settings(_ server: ScriptedServer, _ certificate: Certificate, _ security: SMTPSettings.Security = .startTLS)
                -> SMTPSettings
            {
                var settings = SMTPSettings(server)
                (settings.security, settings.authorities) = (security, certificate.file)
                settings.credentials = .init(user: "codes", secret: GatewaySecret("hush"))
                settings.timeouts.command = .seconds(5)
                return settings
            }

            @Test(arguments: [SMTPSettings.Security.startTLS, .implicitTLS])
            func `TLS comes before the account and the message, and EHLO again after STARTTLS`(
                security: SMTPSettings.Security
            ) async throws {
                let certificate = try Certificate("IP:127.0.0.1")
                let server = try await ScriptedServer(
                    ["STARTTLS", "PIPELINING", "AUTH PLAIN LOGIN"], tls: try certificate.serving(), implicit: security == .implicitTLS
                ) { line, session in
                    if !session.isSecure, !["connect", "EHLO", "STARTTLS"].contains(where: line.hasPrefix) {
                        session.say("530 5.7.0 Must issue a STARTTLS command first")
                        return true
                    }
                    return false
                }
                #expect(await outcome(try SMTPGateway(settings(server, certificate, security))).error == nil)
                let login = "AUTH PLAIN AGNvZGVzAGh1c2g="
                let before = security == .startTLS ? ["connect", "EHLO example.com", "STARTTLS"] : ["connect"]
                #expect(Array(server.commands.prefix(before.count + 2)) == before + ["EHLO example.com", login])
            }

            @Test(arguments: [["PIPELINING", "AUTH PLAIN"], ["XXXXXXXA", "AUTH PLAIN"]])
            func `A server that offers no STARTTLS, or whose offer was taken out, gets nothing`(
                extensions: [String]
            ) async throws {
                let certificate = try Certificate("IP:127.0.0.1")
                let server = try await ScriptedServer(extensions)
                #expect(await outcome(try SMTPGateway(settings(server, certificate))).error?.code == .notSent)
                #expect(server.commands == ["connect", "EHLO example.com"])
            }

            @Test(arguments: ["454 4.7.0 TLS not available", "502 5.5.1 what", "250 ok", "220-a\r\n221 b"])
            func `So does one that does not begin it`(answer: String) async throws {
                let certificate = try Certificate("IP:127.0.0.1")
                let server = try await ScriptedServer(["STARTTLS", "AUTH PLAIN"]) { line, session in
                    guard line == "STARTTLS" else { return false }
                    session.say(answer)
                    return true
                }
                #expect(await outcome(try SMTPGateway(settings(server, certificate))).error?.code == .notSent)
                #expect(server.count("AUTH") == 0 && server.count("MAIL") == 0)
            }

            @Test(arguments: ["220 go\r\n250-mail\r\n250 AUTH PLAIN", "220 go\r\n2", "220 go\r\n\r\n"])
            func `Bytes behind the answer to STARTTLS are somebody's between, and end the connection`(
                answer: String
            ) async throws {
                let certificate = try Certificate("IP:127.0.0.1")
                let server = try await ScriptedServer(["STARTTLS", "AUTH PLAIN"], tls: try certificate.serving()) { line, session in
                    guard line == "STARTTLS" else { return false }
                    session.startTLS(saying: answer)
                    return true
                }
                let seen = Seen()
                #expect(await outcome(try SMTPGateway(settings(server, certificate), observer: seen)).error?.code == .notSent)
                #expect(seen.count("unexpected-answer") == 1)
                #expect(server.commands == ["connect", "EHLO example.com", "STARTTLS"])
            }

            @Test func `What was offered before TLS does not count after it`() async throws {
                let certificate = try Certificate("IP:127.0.0.1")
                let server = try await ScriptedServer(["STARTTLS", "AUTH PLAIN"], tls: try certificate.serving()) { line, session in
                    guard line.hasPrefix("EHLO"), session.isSecure else { return false }
                    session.say("250 mail.example.org")
                    return true
                }
                #expect(await outcome(try SMTPGateway(settings(server, certificate))).error?.code == .notSent)
                #expect(server.count("AUTH") == 0)
            }

            @Test func `A certificate of another authority, or for another name, is refused before anything is said`() async throws {
                let (certificate, other) = (try Certificate("DNS:localhost"), try Certificate("DNS:localhost"))
                for security in [SMTPSettings.Security.startTLS, .implicitTLS] {
                    let server = try await ScriptedServer(
                        ["STARTTLS", "AUTH PLAIN"], tls: try certificate.serving(), implicit: security == .implicitTLS)
                    var settings = settings(server, certificate, security)
                    #expect(await outcome(try SMTPGateway(settings)).error?.code == .notSent, "an address that it does not name")
                    settings.serverName = "mail.example.org"
                    #expect(await outcome(try SMTPGateway(settings)).error?.code == .notSent, "another name")
                    settings.serverName = "localhost"
                    #expect(await outcome(try SMTPGateway(settings)).error == nil)
                    settings.authorities = other.file
                    let error = await outcome(try SMTPGateway(settings)).error
                    #expect(error?.code == .notSent && error?.reason.hasPrefix("TLS") == true, "another authority")
                    #expect(server.count("AUTH") == 1 && server.count("MAIL") == 1)
                }
            }

            @Test(arguments: [SMTPSettings.Security.startTLS, .plaintextOnThisMachine])
            func `Password, recipient and text are wiped where they lay once they are written`(
                security: SMTPSettings.Security
            ) async throws {
                let certificate = try Certificate("IP:127.0.0.1")
                for extensions in [["STARTTLS", "PIPELINING", "AUTH PLAIN"], ["STARTTLS", "AUTH PLAIN"]] {
                    let server = try await ScriptedServer(extensions, tls: try certificate.serving())
                    let gateway = try SMTPGateway(settings(server, certificate, security))
                    for index in 0..<5 { #expect(await outcome(gateway, message(key: index)).error == nil) }
                    let wipes = try await gateway.loop.submit { [pool = gateway.pool] in
                        [pool.value.wipes.inPlace, pool.value.wipes.elsewhere]
                    }.get()
                    // The password, and of each message RCPT and text.
                    #expect(wipes == [11, 0])
                }
            }

            @Test(arguments: ["IP:127.0.0.1", "IP:127.0.0.1,DNS:other.example.org"])
            func `A certificate for the address it was led to is none for the name that was asked for`(subject: String) async throws {
                let certificate = try Certificate(subject)
                for security in [SMTPSettings.Security.startTLS, .implicitTLS] {
                    let server = try await ScriptedServer(
                        ["STARTTLS", "AUTH PLAIN"], tls: try certificate.serving(), implicit: security == .implicitTLS)
                    var settings = settings(server, certificate, security)
                    settings.serverName = "mail.example.org"
                    #expect(await outcome(try SMTPGateway(settings)).error?.code == .notSent)
                    #expect(server.count("AUTH") == 0 && server.count("MAIL") == 0)
                }
            }

            @Test(arguments: [
                ("mail.example.org", "MAIL.example.org.", true), ("*.example.org", "mail.example.org", true),
                ("*.example.org", "a.mail.example.org", false),
                ("*.example.org", "example.org", false), ("*.org", "example.org", false), ("*", "mail", false),
                ("m*.example.org", "mail.example.org", false),
                ("example.org", "mail.example.org", false), ("*.example.org", ".example.org", false),
            ]) func `A certificate's name is the same, or has a star for one label`(pattern: String, name: String, holds: Bool) {
                #expect(CertificateName.matches(CertificateName.plain(pattern.utf8), CertificateName.plain(name.utf8)) == holds)
            }

            @Test(arguments: [["AUTH LOGIN"], ["AUTH GSSAPI LOGIN"]]) func `LOGIN is taken where there is no PLAIN`(extensions: [String])
                async throws
            {
                let server = try await ScriptedServer(extensions) { line, session in
                    switch line {
                    case "AUTH LOGIN": session.say("334 VXNlcm5hbWU6")
                    case "Y29kZXM=": session.say("334 UGFzc3dvcmQ6")
                    case "aHVzaA==": session.say("235 2.7.0 ok")
                    default: return false
                    }
                    return true
                }
                var settings = SMTPSettings(server)
                settings.credentials = .init(user: "codes", secret: GatewaySecret("hush"))
                #expect(await outcome(try SMTPGateway(settings)).error == nil)
            }

            @Test(arguments: [
                ("535 5.7.8 no", "refused", "unauthorized"), ("535 no", "refused", "unauthorized"),
                ("454 4.7.0 later", "notSent", "gateway-down"), ("334 ", "notSent", "gateway-down"), ("250 ok", "notSent", "gateway-down"),
            ]) func `A password that is refused is told, without it`(answer: String, code: String, cause: String) async throws {
                let server = try await ScriptedServer(["AUTH PLAIN"]) { line, session in
                    guard line.hasPrefix("AUTH") else { return false }
                    session.say(answer)
                    return true
                }
                var settings = SMTPSettings(server)
                settings.credentials = .init(user: "codes", secret: GatewaySecret("hush"))
                let error = await outcome(try SMTPGateway(settings)).error
                #expect(error?.code.rawValue == "transport.\(code)" && error?.refusal?.cause.rawValue == cause)
                #expect(!"\(String(describing: error))".contains("hush") && server.count("MAIL") == 0)
            }

            @Test func `With an account, a server that takes none gets nothing`() async throws {
                let server = try await ScriptedServer(["AUTH CRAM-MD5"])
                var settings = SMTPSettings(server)
                settings.credentials = .init(user: "codes", secret: GatewaySecret("hush"))
                #expect(await outcome(try SMTPGateway(settings)).error?.code == .notSent)
                #expect(server.count("MAIL") == 0)
            }
        }
    }
#endif
