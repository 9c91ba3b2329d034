extension PhoneNumber {
    /// Lets a number into a file or a message, in E.164, where its owner says so; a ``PhoneNumber`` alone is not `Codable`.
    ///
    /// ```swift
    /// struct Contact: Codable {
    ///     @PhoneNumber.E164Coded var number: PhoneNumber      // "+41446681800"
    ///     var fax: PhoneNumber.E164Coded?
    /// }
    /// ```
    ///
    /// The extension, if any, follows behind `;ext=` as in RFC 3966. What is decoded is the number that was encoded, digit for digit;
    /// its validity and type are those of the metadata that decodes it. Any other text is refused, with an error that does not repeat it:
    /// what people type is for ``PhoneNumber/init(parsing:region:)-(String,_)``.
    @propertyWrapper
    public struct E164Coded: Sendable, Hashable, Codable {
        public var wrappedValue: PhoneNumber

        public init(wrappedValue: PhoneNumber) {
            self.wrappedValue = wrappedValue
        }

        /// - Throws: `DecodingError.dataCorrupted` for a text that is no number in E.164, and what the decoder throws.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let number = PhoneNumber(e164WithExtension: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "The text is no phone number in E.164.")
            }
            wrappedValue = number
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(wrappedValue.e164WithExtension)
        }
    }

    var e164WithExtension: String {
        TextBuffer.text { text in
            write(.e164, to: &text)
            writeExtension(.rfc3966, to: &text)
        }
    }

    /// Reads what ``e164WithExtension`` writes and nothing else.
    init?(e164WithExtension text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, digits.first == UInt8(ascii: "+") else { return nil }
        // No country calling code is the beginning of another one.
        let code = (1...3).lazy.compactMap { Self.code(digits.dropFirst().prefix($0)) }.first
        guard let code else { return nil }
        let national = digits.dropFirst(1 + "\(code.value)".utf8.count)
        self.init(callingCode: code, nationalSignificantNumber: String(decoding: national, as: UTF8.self))
        guard parts.count > 1 else { return }
        let label = "ext=".utf8
        guard parts[1].starts(with: label), let typed = ExtensionDigits(Substring(parts[1].dropFirst(label.count))) else {
            return nil
        }
        extensionStorage = typed
    }

    private static func code(_ digits: Substring.UTF8View) -> CountryCallingCode? {
        guard digits.first != UInt8(ascii: "0"), digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            return nil
        }
        return CountryCallingCode(digits.reduce(0) { $0 * 10 + Int($1 & 15) })
    }
}

extension ExtensionDigits {
    /// Digits of any script; nil for anything else, for none and for too many.
    fileprivate init?(_ text: Substring) {
        self.init()
        for scalar in text.unicodeScalars {
            guard count < Self.capacity else { return nil }
            if scalar.value < 128 {
                guard scalar.value >= 0x30, scalar.value <= 0x39 else { return nil }
                append(script: 0, value: UInt8(scalar.value & 15))
            } else {
                let (symbol, script) = Symbol.symbol(for: scalar.value)
                guard Symbol.traits(symbol).contains(.digit) else { return nil }
                append(script: script, value: symbol - Symbol.digitZero)
            }
        }
        guard count > 0 else { return nil }
    }
}
