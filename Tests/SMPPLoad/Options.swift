#if SMPP
    import SMPPTransport

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

        var settings: SMPPSettings {
            var settings = SMPPSettings(
                host: values["host"] ?? "127.0.0.1", port: number("port", 2775), systemID: values["system"] ?? "phone",
                password: SMPPPassword(values["password"] ?? "secret"), sender: SMPPSender(values["sender"] ?? "Example"),
                tls: values["authorities"].map { SMPPSettings.TLS(serverName: values["server-name"], authorities: $0) })
            settings.bind = values["bind"] == "pair" ? .transmitterAndReceiver : .transceiver
            settings.connections = number("connections", 1)
            settings.window = number("window", 100)
            settings.messagesPerSecond = values["rate"].flatMap { Int($0) }
            settings.responseTimeout = duration("response", 10_000)
            settings.bindTimeout = duration("bind-timeout", 5_000)
            settings.enquireLinkInterval = duration("enquire", 30_000)
            settings.reconnectPause = duration("reconnect", 50)...duration("reconnect-most", 500)
            settings.throttlePause = duration("throttle", 20)...duration("throttle-most", 200)
            settings.longMessages =
                switch values["long"] {
                case "header16": .header16
                case "parameters": .parameters
                case "payload": .payload
                default: .header8
                }
            settings.alphabet =
                switch values["alphabet"] {
                case "latin1": .latin1
                case "ascii": .ascii
                case "ucs2": .ucs2
                default: .gsm7
                }
            settings.receipts = values["receipts"] == "none" ? .none : .all
            return settings
        }
    }
#endif
