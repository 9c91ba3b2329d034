#if SMPP
    /// Whom a message says it is from, with the type and the plan of that address.
    public struct SMPPSender: Hashable, Sendable {
        /// A name, a short code, or digits of E.164 without `+`.
        public let address: String
        /// Type of number, SMPP 3.4 §5.2.5.
        public var typeOfNumber: UInt8
        /// Numbering plan indicator, SMPP 3.4 §5.2.6.
        public var numberingPlan: UInt8

        /// Derives both from what the address looks like: `+` and digits, or nine digits and more, are E.164 (1, 1); up to eight digits a short code
        /// (3, 0); anything else a name (5, 0). Empty, the message centre takes the account's own (0, 0). Carriers that want it otherwise say so.
        public init(_ address: String) {
            let isInternational = address.utf8.first == 0x2B
            let bare = isInternational ? String(address.dropFirst()) : address
            let isDigits = bare.utf8.allSatisfy { (0x30...0x39).contains($0) }
            self.address = isDigits ? bare : address
            switch (isDigits, bare.utf8.count) {
            case (true, 0): (typeOfNumber, numberingPlan) = (0, 0)
            case (true, let count) where isInternational || count > 8: (typeOfNumber, numberingPlan) = (1, 1)
            case (true, _): (typeOfNumber, numberingPlan) = (3, 0)
            case (false, _): (typeOfNumber, numberingPlan) = (5, 0)
            }
        }

        /// A name has at most 11 characters, which are GSM 03.38 and here ASCII; digits at most 20 (SMPP 3.4 §5.2.8: 21 octets with NUL).
        var isValid: Bool {
            let isPrintable = address.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            return isPrintable && address.utf8.count <= (typeOfNumber == 5 ? 11 : 20)
        }
    }
#else
    @available(*, unavailable, message: "SMPPSender needs SwiftNIO: enable the package trait SMPP of swift-phone-identity.")
    public struct SMPPSender {}
#endif
