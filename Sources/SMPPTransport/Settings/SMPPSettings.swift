#if SMPP
    /// An account at a message centre, and how it wants to be spoken to. What the carrier did not say is best left as it is here.
    public struct SMPPSettings: Sendable {
        public enum Bind: Hashable, Sendable {
            /// One connection for both directions.
            case transceiver
            /// One for what is sent and one for what comes in, for message centres that want it so.
            case transmitterAndReceiver
        }

        /// What the octets of a message mean under data_coding 0, the message centre's default alphabet. Characters that GSM 03.38 or the alphabet
        /// lacks make the message UCS-2.
        public enum Alphabet: Hashable, Sendable, CaseIterable {
            /// GSM 03.38, one character in an octet.
            case gsm7
            /// ISO 8859-1.
            case latin1
            case ascii
            /// Every message is UCS-2, data_coding 8.
            case ucs2
        }

        /// How a text that needs more than one short message is sent.
        public enum LongMessages: Hashable, Sendable, CaseIterable {
            /// A user data header with a reference of one octet in each part (3GPP TS 23.040 §9.2.3.24.1).
            case header8
            /// The same with two octets (§9.2.3.24.8); a part holds one character less.
            case header16
            /// The parameters sar_msg_ref_num, sar_total_segments and sar_segment_seqnum (SMPP 3.4 §5.3.2.22).
            case parameters
            /// One piece in message_payload (§5.3.2.32), which the message centre cuts.
            case payload
        }

        /// Which receipts the message centre is asked for (registered_delivery, §5.2.17).
        public enum Receipts: UInt8, Hashable, Sendable, CaseIterable {
            case none = 0
            case all = 1
            case failures = 2
        }

        /// How the name of a message in its receipt is written, where that is not as in the answer to its submission.
        public enum ReceiptIDs: Hashable, Sendable, CaseIterable {
            case asSubmitted
            /// Hexadecimal in the answer, decimal in the receipt.
            case decimal
            /// Decimal in the answer, hexadecimal in the receipt.
            case hexadecimal
        }

        /// TLS 1.2 or later. The certificate is always verified, against the name or the address.
        public struct TLS: Hashable, Sendable {
            /// The name in the certificate, where it is not the host's.
            public var serverName: String?
            /// The path of a PEM file with the authorities that may have signed it; `nil`: those that the system trusts.
            public var authorities: String?

            public init(serverName: String? = nil, authorities: String? = nil) {
                (self.serverName, self.authorities) = (serverName, authorities)
            }
        }

        /// ``SMPPGateway/name``.
        public var name = "smpp"
        public var host: String
        public var port: Int
        /// `nil`: in clear, which is for a VPN of the carrier's alone; numbers and codes go over this connection.
        public var tls: TLS?
        /// 1 to 15 octets.
        public var systemID: String
        public var password: SMPPPassword
        /// 0 to 12 octets.
        public var systemType = ""
        public var sender: SMPPSender
        public var bind = Bind.transceiver
        /// Connections, or pairs of them, 1...32.
        public var connections = 1
        /// submit_sm without an answer on one connection, 1...10,000. It is also how many outcomes can be unknown when that connection is lost.
        public var window = 100
        /// At most so many submit_sm a second, over all connections; `nil`: as fast as the window lets it.
        public var messagesPerSecond: Int?

        /// From opening a connection to its being one, TLS included.
        public var connectTimeout: Duration = .seconds(10)
        public var bindTimeout: Duration = .seconds(10)
        /// From handing a submit_sm to the socket to its answer; also how long one waits for its turn.
        public var responseTimeout: Duration = .seconds(10)
        /// Silence after which the other end is asked whether it is there.
        public var enquireLinkInterval: Duration = .seconds(30)
        /// The shortest and the longest pause before a lost connection is opened again: doubled each time, a random half of it taken off.
        public var reconnectPause: ClosedRange<Duration> = .milliseconds(500)...(.seconds(30))
        /// The same after the message centre said that it has too much, without chance.
        public var throttlePause: ClosedRange<Duration> = .milliseconds(500)...(.seconds(30))
        /// How long answers are waited for when ``SMPPGateway/run(_:)`` is cancelled.
        public var grace: Duration = .seconds(5)

        /// 0 to 5 octets, such as `CMT`.
        public var serviceType = ""
        public var alphabet = Alphabet.gsm7
        public var longMessages = LongMessages.header8
        public var receipts = Receipts.all
        public var receiptIDs = ReceiptIDs.asSubmitted
        /// How far the clock in receipts is ahead of UTC. `nil`: it is not known, and the time in them is left out.
        public var receiptClock: Duration?
        /// How long the message centre tries, less than 99 years; `nil`: as long as it likes. A code's end is its end in any case.
        public var validity: Duration?

        public init(host: String, port: Int, systemID: String, password: SMPPPassword, sender: SMPPSender, tls: TLS? = TLS()) {
            (self.host, self.port, self.systemID, self.password, self.sender, self.tls) = (host, port, systemID, password, sender, tls)
        }

        /// - Throws: ``SMPPError`` with code `.invalidSetting`.
        func check() throws(SMPPError) {
            func demand(_ holds: Bool, _ reason: String) throws(SMPPError) {
                guard holds else { throw SMPPError(.invalidSetting, reason) }
            }
            let isName = name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
                default: false
                }
            }
            try demand(isName && (1...32).contains(name.utf8.count), "A transport's name has 1 to 32 ASCII letters, digits and hyphens.")
            try demand(!host.isEmpty && (1...65_535).contains(port), "A message centre has a host and a port from 1 to 65535.")
            try demand(Self.isOctets(systemID, 1...15), "A system_id has 1 to 15 ASCII characters.")
            try demand(password.isValid, "A password has at most 8 octets in SMPP 3.4, and no NUL.")
            try demand(Self.isOctets(systemType, 0...12), "A system_type has at most 12 ASCII characters.")
            try demand(Self.isOctets(serviceType, 0...5), "A service_type has at most 5 ASCII characters.")
            try demand(sender.isValid, "A sender is at most 20 digits, or a name of at most 11 ASCII characters.")
            try demand((1...10_000).contains(window), "A window has 1 to 10000 messages.")
            try demand((1...32).contains(connections), "There are 1 to 32 connections.")
            try demand((messagesPerSecond ?? 1) >= 1, "A rate is at least one message a second.")
            for (duration, label) in [
                (connectTimeout, "connectTimeout"), (bindTimeout, "bindTimeout"), (responseTimeout, "responseTimeout"),
                (enquireLinkInterval, "enquireLinkInterval"), (reconnectPause.lowerBound, "reconnectPause"),
                (throttlePause.lowerBound, "throttlePause"),
            ] {
                try demand(duration > .zero, "\(label) is longer than nothing.")
            }
            try demand(
                validity.map { $0 >= .seconds(1) && $0 < .seconds(99 * 365 * 86_400) } ?? true, "A validity is from a second to 99 years.")
        }

        private static func isOctets(_ text: String, _ count: ClosedRange<Int>) -> Bool {
            count.contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }

        /// validity_period, relative: `YYMMDDhhmmss000R` (SMPP 3.4 §7.1.1). A year has 365 days here and a month 30.
        static func validityPeriod(_ validity: Duration?) -> String {
            guard let validity else { return "" }
            var rest = validity.components.seconds
            let text = [31_536_000, 2_592_000, 86_400, 3_600, 60, 1].map { (unit: Int64) -> String in
                let count = rest / unit
                rest %= unit
                return count < 10 ? "0\(count)" : "\(count)"
            }
            return text.joined() + "000R"
        }
    }
#else
    @available(*, unavailable, message: "SMPPSettings needs SwiftNIO: enable the package trait SMPP of swift-phone-identity.")
    public struct SMPPSettings {}
#endif
