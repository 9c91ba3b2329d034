#if SMTP
    import Messaging
    import SMTPTransport

    /// `--name value` pairs.
    struct Options {
        struct Wrong: Error { let reason: String }

        private let values: [String: String]

        init(_ arguments: ArraySlice<String>) throws(Wrong) {
            var (values, rest): ([String: String], ArraySlice<String>) = ([:], arguments)
            while let name = rest.popFirst() {
                guard name.hasPrefix("--"), let value = rest.popFirst() else { throw Wrong(reason: "\(name) has no value") }
                values[String(name.dropFirst(2))] = value
            }
            self.values = values
        }

        subscript(name: String) -> String? { values[name] }
        func number(_ name: String, _ standard: Int) -> Int { values[name].flatMap { Int($0) } ?? standard }
        func duration(_ name: String, _ standard: Int) -> Duration { .milliseconds(number(name, standard)) }

        var settings: SMTPSettings {
            let security: SMTPSettings.Security =
                switch values["security"] {
                case "plaintext": .plaintextOnThisMachine
                case "implicit": .implicitTLS
                default: .startTLS
                }
            var settings = SMTPSettings(
                host: values["host"] ?? "127.0.0.1", port: number("port", 587), security: security,
                from: values["from"] ?? "codes@example.com",
                fromName: values["from-name"] ?? "Bürgeramt",
                credentials: values["user"].map { .init(user: $0, secret: GatewaySecret(values["password"] ?? "secret")) })
            settings.authorities = values["authorities"]
            settings.serverName = values["server-name"]
            settings.connections = number("connections", 4)
            settings.messagesPerConnection = number("messages", 100)
            settings.timeouts.command = duration("command", 10_000)
            settings.timeouts.greeting = duration("greeting", 10_000)
            settings.timeouts.acceptance = duration("acceptance", 10_000)
            settings.waitTimeout = duration("wait", 30_000)
            return settings
        }
    }
#endif
