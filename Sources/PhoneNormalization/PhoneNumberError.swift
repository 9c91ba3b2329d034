/// Why a text could not be read as a phone number. Never carries the text.
public struct PhoneNumberError: Error, Sendable, Hashable {
    /// What went wrong; a later release may add codes.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        // A number inside, so that the way of a text that is a number carries no string along.
        private let number: UInt8

        /// No default region and no plus sign, or a country calling code that nobody has: ask for the country.
        public static let invalidCountryCode = Code(number: 1)
        /// Fewer than two digits, letters, or other characters that no phone number has: ask for the number again.
        public static let notANumber = Code(number: 2)
        /// An international prefix with next to nothing behind it: ask for the whole number.
        public static let tooShortAfterIDD = Code(number: 3)
        /// Fewer than two digits are left for the national number: ask for the whole number.
        public static let tooShortNSN = Code(number: 4)
        /// More than 250 characters, or more than 17 digits behind the country calling code: ask for one number only.
        public static let tooLong = Code(number: 5)
        /// Nothing but white space: ask for a number.
        public static let empty = Code(number: 6)
        /// What was sent is no number and not UTF-8 either: look at the form's encoding.
        public static let invalidUTF8 = Code(number: 7)

        private static let names: [StaticString] = [
            "phone.invalidCountryCode", "phone.notANumber", "phone.tooShortAfterIDD", "phone.tooShortNSN", "phone.tooLong", "phone.empty",
            "phone.invalidUTF8",
        ]

        private init(number: UInt8) { self.number = number }

        /// The stable name, such as `phone.notANumber`.
        public var rawValue: String { Self.names[Int(number) - 1].description }

        /// nil for a name that no code has.
        public init?(rawValue: String) {
            guard let index = Self.names.firstIndex(where: { $0.description == rawValue }) else { return nil }
            self.init(number: UInt8(index) + 1)
        }

        public var description: String { rawValue }
    }

    public let code: Code

    /// Where in the UTF-8 text the reading stopped, counted in bytes; nil where no one place is to blame.
    public let byteOffset: Int?

    init(_ code: Code, byteOffset: Int? = nil) {
        self.code = code
        self.byteOffset = byteOffset
    }

    /// What happened and what to do about it, as a sentence for whoever handles the error.
    public var reason: String {
        switch code {
        case .invalidCountryCode:
            "The country calling code is missing or unknown; pass the region the number is dialled from, or ask for a number that begins with +."
        case .notANumber:
            "The text is not a phone number; ask for the digits and nothing else."
        case .tooShortAfterIDD:
            "Too few digits follow the international prefix; ask for the whole number with its country calling code."
        case .tooShortNSN:
            "Too few digits are left for a national number; ask for the whole number."
        case .tooLong:
            "There are more digits or characters than any phone number has; ask for one number without other text."
        case .empty:
            "There is no text; ask for a phone number."
        case .invalidUTF8:
            "The bytes are not text in UTF-8; send the form in UTF-8, and ask for the number again."
        default:
            "The text could not be read as a phone number; ask for it again."
        }
    }
}

extension PhoneNumberError: CustomStringConvertible {
    public var description: String {
        guard let byteOffset else { return "\(code): \(reason)" }
        return "\(code) at byte \(byteOffset): \(reason)"
    }
}
