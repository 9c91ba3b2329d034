#if SMTP
    import Messaging
    import Testing

    @testable import SMTPTransport

    extension SMTPTransportTests {
        @Suite struct Settings {
            static let wrong: [(String, @Sendable (inout SMTPSettings) -> Void)] = [
                ("name", { $0.name = "a b" }), ("host", { $0.host = "" }), ("host", { $0.host = "a\r\nb" }), ("port", { $0.port = 0 }),
                ("host", { $0.host = String(repeating: "a", count: 254) }), ("serverName", { $0.serverName = "" }),
                ("serverName", { $0.serverName = "192.0.2.7" }), ("serverName", { $0.serverName = "a\0b.example" }),
                ("plaintext", { $0.security = .plaintextOnThisMachine }),
                ("plaintext", { ($0.host, $0.security) = ("127.0.0.1.example.org", .plaintextOnThisMachine) }),
                ("from", { $0.from = "codes" }), ("from", { $0.from = "codes@example.com>\r\nRCPT TO:<x@y" }),
                ("from", { $0.from = "ä@example.com" }),
                ("fromName", { $0.fromName = "A\r\nBcc: x@y" }), ("envelopeSender", { $0.envelopeSender = "a b@c" }),
                ("ehloName", { $0.ehloName = "a\r\nMAIL" }), ("ehloName", { $0.ehloName = "" }),
                ("messageDomain", { $0.messageDomain = "a>b" }),
                ("connections", { $0.connections = 0 }), ("connections", { $0.connections = 65 }),
                ("messagesPerConnection", { $0.messagesPerConnection = 0 }),
                ("timeouts", { $0.timeouts.acceptance = .zero }), ("waitTimeout", { $0.waitTimeout = .zero }),
                ("user", { $0.credentials = .init(user: "", secret: GatewaySecret("hush")) }),
                ("user", { $0.credentials = .init(user: "a\0b", secret: GatewaySecret("hush")) }),
                ("password", { $0.credentials = .init(user: "a", secret: GatewaySecret("a\0b")) }),
                ("password", { $0.credentials = .init(user: "a", secret: GatewaySecret(String(repeating: "a", count: 256))) }),
                ("authorities", { $0.authorities = "/nowhere.pem" }),
            ]

            @Test(arguments: 0..<wrong.count) func `A setting that cannot be is refused before anything is sent`(index: Int) {
                var settings = SMTPSettings(host: "mail.example.org", from: "codes@example.com")
                Self.wrong[index].1(&settings)
                #expect("\(Self.wrong[index].0)") {
                    _ = try SMTPGateway(settings)
                } throws: { error in
                    (error as? SMTPError)?.code == .invalidSetting && !"\(error)".contains("hush")
                }
            }

            @Test func `What is usual is right`() throws {
                var settings = SMTPSettings(host: "mail.example.org", from: "codes@example.com")
                #expect(settings.security == .startTLS && settings.port == 587)
                _ = try SMTPGateway(settings)
                settings.envelopeSender = ""
                settings.ehloName = "[192.0.2.7]"
                settings.credentials = .init(user: "codes", secret: GatewaySecret("hush"))
                settings.timeouts = .rfc5321
                let gateway = try SMTPGateway(settings)
                #expect(gateway.capabilities.channels == [.email] && gateway.capabilities.concurrency == 4)
                var said = "\(gateway) \(settings)"
                dump(gateway, to: &said)
                dump(settings, to: &said)
                #expect(!said.contains("hush"))
            }
        }
    }
#endif
