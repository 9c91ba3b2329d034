#if SMTP
    import NIOCore

    extension SMTPSettings {
        /// - Throws: ``SMTPError`` with code `.invalidSetting`.
        func check() throws(SMTPError) {
            try checkServer()
            try checkSender()
            try demand((1...64).contains(connections), "There are 1 to 64 connections.")
            try demand((1...100_000).contains(messagesPerConnection), "A connection takes 1 to 100000 messages.")
            for (duration, label) in [
                (idleTimeout, "idleTimeout"), (waitTimeout, "waitTimeout"), (grace, "grace"), (timeouts.connect, "timeouts.connect"),
                (timeouts.greeting, "timeouts.greeting"), (timeouts.command, "timeouts.command"), (timeouts.block, "timeouts.block"),
                (timeouts.acceptance, "timeouts.acceptance"),
            ] {
                try demand(duration > .zero, "\(label) is longer than nothing.")
            }
        }

        private func checkServer() throws(SMTPError) {
            let isName = name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                default: false
                }
            }
            try demand(isName && (1...32).contains(name.utf8.count), "A transport's name has 1 to 32 ASCII letters, digits and hyphens.")
            try demand(
                (1...253).contains(host.utf8.count) && (1...65_535).contains(port) && Self.isPrintable(host),
                "A mail server has a host and a port from 1 to 65535.")
            if let serverName {
                // An address is compared with what was connected to, and a name would lead there.
                try demand(
                    serverName == host
                        || !Self.isAddress(serverName) && MailAddress.isDomain(serverName.utf8) && Self.isPrintable(serverName)
                            && serverName.utf8.count <= 253,
                    "The server's name in its certificate is a host's name in ASCII, or the same address as the host.")
            }
            try demand(
                security != .plaintextOnThisMachine || Self.localHosts.contains(host),
                "Without TLS a mail server is on this machine: 127.0.0.1, ::1 or localhost.")
            guard let credentials else { return }
            try demand(
                (1...255).contains(credentials.user.utf8.count) && !credentials.user.unicodeScalars.contains { $0.properties.isControl },
                "A user's name has 1 to 255 bytes and no control characters.")
            let isValid = credentials.secret.bytes.withUnsafeBytes { $0.count <= 255 && !$0.contains(0) }
            try demand(isValid, "A password has at most 255 bytes, and no NUL.")
        }

        private func checkSender() throws(SMTPError) {
            func isAddress(_ text: String) -> Bool { Array(text.utf8).withUnsafeBytes { MailAddress($0)?.isASCII ?? false } }
            func isDomain(_ text: String) -> Bool {
                text.utf8.count <= 80 && MailAddress.isDomain(text.utf8) && !text.utf8.contains { $0 > 0x7F }
            }
            try demand(isAddress(from), "The address in From is one such as codes@example.com, in ASCII.")
            try demand(
                fromName.utf8.count <= 100 && !fromName.unicodeScalars.contains { $0.properties.isControl },
                "The name in From has at most 100 bytes and no control characters.")
            if let envelopeSender, !envelopeSender.isEmpty {
                try demand(isAddress(envelopeSender), "The envelope's sender is an address in ASCII, or empty.")
            }
            try demand(isDomain(messageDomainInUse), "The domain of message IDs is one in ASCII, of at most 80 bytes.")
            let isLiteral = ehloNameInUse.hasPrefix("[") && ehloNameInUse.hasSuffix("]") && ehloNameInUse.utf8.count <= 80
            let isPlain = ehloNameInUse.utf8.allSatisfy { ![0x20, 0x3C, 0x3E].contains($0) } && Self.isPrintable(ehloNameInUse)
            try demand(
                isPlain && (isLiteral || isDomain(ehloNameInUse)),
                "This host's name is a domain, or an address literal such as [192.0.2.7].")
        }

        private func demand(_ holds: Bool, _ reason: String) throws(SMTPError) {
            guard holds else { throw SMTPError(.invalidSetting, reason) }
        }

        private static func isAddress(_ text: String) -> Bool { (try? SocketAddress(ipAddress: text, port: 0)) != nil }
        private static let localHosts = ["127.0.0.1", "::1", "localhost"]
        private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

        private var fromDomain: String { from.utf8.lastIndex(of: 0x40).map { String(from[from.index(after: $0)...]) } ?? "" }
        var messageDomainInUse: String { messageDomain ?? fromDomain }
        var ehloNameInUse: String { ehloName ?? fromDomain }
    }

    extension Unicode.Scalar.Properties {
        /// Controls, line and paragraph separators: nothing of these is in a line of a header.
        var isControl: Bool { [.control, .lineSeparator, .paragraphSeparator].contains(generalCategory) }
    }
#endif
