extension PhoneNumber {
    /// Reads a number from what a person typed: `"044 668 18 00"` in Switzerland, `"+41 44 668 18 00"` anywhere.
    ///
    /// Digits of every script, brackets, dots, keypad letters, extensions, trunk prefixes, international prefixes and
    /// RFC 3966 `tel:` URIs are understood as libphonenumber understands them. A number that is read need not be
    /// valid: see ``isValid``, ``possibility`` and ``type``.
    ///
    /// - Parameters:
    ///   - text: At most 250 characters.
    ///   - region: Where the number would be dialled from; nil if only numbers with a country calling code are welcome.
    /// - Throws: ``PhoneNumberError``, by code; its reason never repeats the text.
    /// - Complexity: O(length) up to 250 characters, constant beyond; no heap allocation for ASCII.
    ///   Whether a text may end with a character beyond the grammar is asked of the standard library, which allocates at its first such answer.
    public init(parsing text: String, region: Region?) throws(PhoneNumberError) {
        var text = text
        self = try text.withUTF8 { Self.parse($0, region: region) }.get()
    }

    /// Reads a number from UTF-8 bytes, which may be any bytes; a broken character counts as one that no number has, and is named as the
    /// reason (`.invalidUTF8`) where no number could be read.
    ///
    /// - Throws: ``PhoneNumberError``, by code.
    public init(parsing utf8: Span<UInt8>, region: Region?) throws(PhoneNumberError) {
        self = try utf8.withUnsafeBufferPointer { Self.parse($0, region: region) }.get()
    }

    /// A number from its parts, exactly as they are; nothing is stripped or guessed.
    ///
    /// - Parameters:
    ///   - callingCode: A code with a numbering plan.
    ///   - digits: The national significant number as 2...17 ASCII digits.
    /// - Returns: nil unless `digits` are that.
    public init?(callingCode: CountryCallingCode, nationalSignificantNumber digits: Span<UInt8>) {
        let number = digits.withUnsafeBufferPointer { Self(callingCode: callingCode, ascii: $0) }
        guard let number else { return nil }
        self = number
    }

    /// A number from its parts, exactly as they are; nothing is stripped or guessed.
    ///
    /// - Parameters:
    ///   - callingCode: A code with a numbering plan.
    ///   - digits: The national significant number as 2...17 ASCII digits.
    /// - Returns: nil unless `digits` are that.
    public init?(callingCode: CountryCallingCode, nationalSignificantNumber digits: String) {
        var digits = digits
        let number = digits.withUTF8 { Self(callingCode: callingCode, ascii: $0) }
        guard let number else { return nil }
        self = number
    }

    init?(callingCode: CountryCallingCode, ascii digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count >= 2, digits.count <= NationalDigits.capacity, let code = Plans.codeIndex(value: callingCode.value) else {
            return nil
        }
        let number = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.byteCount) { memory -> PhoneNumber? in
            let scratch = Scratch(memory)
            for index in 0..<digits.count {
                let value = digits[index] &- UInt8(ascii: "0")
                guard value < 10 else { return nil }
                scratch.digits[index] = value
            }
            return PhoneNumber(code: code, national: scratch.finish(count: digits.count))
        }
        guard let number else { return nil }
        self = number
    }

    @inline(__always)
    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, region: Region?) -> Result<PhoneNumber, PhoneNumberError> {
        var trace = NoTrace()
        return parse(bytes, region: region, trace: &trace)
    }

    @inline(__always)
    static func parse<Trace: ResolutionTrace>(
        _ bytes: UnsafeBufferPointer<UInt8>, region: Region?, trace: inout Trace
    ) -> Result<PhoneNumber, PhoneNumberError> {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.byteCount) { memory in
            let scratch = Scratch(memory)
            if let found = PlainScan(bytes, into: scratch) {
                return Resolution(scratch: scratch, region: region).number(from: found.digits, hasPlus: found.hasPlus, trace: &trace)
            }
            return parseAny(bytes, region: region, scratch: scratch, trace: &trace)
        }
    }

    /// All that is not plain ASCII digits and punctuation: letters, extensions, other scripts, URIs, junk.
    @inline(never)
    private static func parseAny<Trace: ResolutionTrace>(
        _ bytes: UnsafeBufferPointer<UInt8>, region: Region?, scratch: Scratch, trace: inout Trace
    ) -> Result<PhoneNumber, PhoneNumberError> {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SymbolText.byteCount) { memory in
            guard var text = SymbolText(bytes, memory: memory) else { return .failure(PhoneNumberError(.tooLong)) }
            if let failure = text.findNumber(scratch) { return .failure(failure.error(in: bytes)) }
            guard text.hasPlus || region.map(\.isSupported) ?? false else { return .failure(PhoneNumberError(.invalidCountryCode)) }
            let typedExtension = text.takeExtension()
            let digits = text.digits(scratch)
            return Resolution(scratch: scratch, region: region).number(from: digits, hasPlus: text.hasPlus, trace: &trace)
                .map { number in
                    var number = number
                    number.extensionStorage = typedExtension
                    return number
                }
        }
    }

    /// Reads a number whose country nobody tells: with a plus sign as ever, without one only its digits and extension.
    static func parseWithoutRegion(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<LocalDigits, PhoneNumberError> {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.byteCount + SymbolText.byteCount) { memory in
            let scratch = Scratch(UnsafeMutableBufferPointer(rebasing: memory[..<Scratch.byteCount]))
            guard var text = SymbolText(bytes, memory: UnsafeMutableBufferPointer(rebasing: memory[Scratch.byteCount...])) else {
                return .failure(PhoneNumberError(.tooLong))
            }
            if let failure = text.findNumber(scratch) { return .failure(failure.error(in: bytes)) }
            let typedExtension = text.takeExtension()
            let digits = text.digits(scratch)
            if text.hasPlus {
                var trace = NoTrace()
                return Resolution(scratch: scratch, region: nil).number(from: digits, hasPlus: true, trace: &trace)
                    .map { LocalDigits(code: $0.code, national: $0.national, typedExtension: typedExtension) }
            }
            guard digits.count >= 2 else { return .failure(PhoneNumberError(.tooShortNSN)) }
            guard digits.count <= NationalDigits.capacity else { return .failure(PhoneNumberError(.tooLong)) }
            return .success(LocalDigits(code: nil, national: NationalDigits(digits), typedExtension: typedExtension))
        }
    }
}
