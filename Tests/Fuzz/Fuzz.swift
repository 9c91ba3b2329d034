// Any bytes, given to everything that reads a text or writes a number. Compiled into one module with the sources of
// PhoneNormalization, so that their branches are counted and their memory is watched; see `run`.

/// An input: two letters for each of two regions, two more bytes that choose, then the text.
private struct Input {
    let choices: [UInt8]
    let bytes: [UInt8]
    let text: String

    init(_ raw: UnsafeBufferPointer<UInt8>) {
        choices = Array(raw.prefix(6))
        bytes = Array(raw.dropFirst(6))
        text = String(decoding: bytes, as: UTF8.self)
    }

    func choice(_ index: Int) -> Int { index < choices.count ? Int(choices[index]) : 0 }

    /// The first or the second region; any or none where there are no letters.
    func region(_ index: Int) -> Region? {
        let letters = [UInt8(choice(2 * index)), UInt8(choice(2 * index + 1))]
        let regions = Input.regions
        return Region(String(decoding: letters, as: UTF8.self)) ?? regions[Int(letters[0]) % regions.count]
    }

    private static let regions: [Region?] = Region.all + [.world, "ZZ", nil]
}

private func require(_ holds: Bool, _ sentence: StaticString) {
    if !holds { fatalError("\(sentence)") }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Input(UnsafeBufferPointer(start: start, count: count))
    read(input)
    find(input)
    type(input)
    dial(input)
    return 0
}

// MARK: Reading

private let codes = CountryCallingCode.all

private func parsed(_ text: String, _ region: Region?) -> PhoneNumber? { try? PhoneNumber(parsing: text, region: region) }

private func read(_ input: Input) {
    let region = input.region(0)
    let number = try? PhoneNumber(parsing: input.bytes.span, region: region)
    if Array(input.text.utf8) == input.bytes { require(number == parsed(input.text, region), "Text and bytes are read alike.") }
    require(PhoneNumber.match(input.text, input.text) != .different, "A text is what it is.")
    _ = PhoneNumber(callingCode: codes[input.choice(5) % codes.count], nationalSignificantNumber: input.bytes.span)
        .map { examine($0, input) }
    if let number { examine(number, input) }
    let middle = input.text.unicodeScalars.index(input.text.startIndex, offsetBy: input.text.unicodeScalars.count / 2)
    let (first, second) = (String(input.text[..<middle]), String(input.text[middle...]))
    _ = PhoneNumber.match(first, second)
    if let number { _ = number.match(second) }
    if let typed = try? TypedPhoneNumber(parsing: input.text, region: region) { examine(typed, input) }
}

private func examine(_ number: PhoneNumber, _ input: Input) {
    let count = number.nationalSignificantNumber.utf8.count
    require((2...17).contains(count), "A national significant number has 2...17 digits.")
    require(number.isValid == (number.type != .unknown), "What is valid has a type.")
    require(number.description.unicodeScalars.count <= 20, "A number prints masked.")
    require(number.match(number) == .exact, "A number is itself.")
    require(number.leadingZeros < count, "Zeros in front leave a digit.")

    let e164 = number.formatted(.e164)
    require(number.withE164Bytes { $0.count } == e164.utf8.count, "E.164 is the same as bytes.")
    require(PhoneNumber(e164WithExtension: number.e164WithExtension) == number, "What is encoded comes back.")
    for format in PhoneNumber.Format.allCases { require(!number.formatted(format).isEmpty, "A number is written out.") }
    // A few numbers of Belarus are valid and begin as a national prefix does, which is taken off where it is typed behind the country
    // calling code as well: what is left is not valid, here and in the reference.
    if number.isValid, let again = parsed(e164, nil), again.isValid {
        require(again.formatted(.e164) == e164, "E.164 of a valid number is that number, or none that is valid.")
    }

    require(number.areaCodeLength <= count && number.nationalDestinationCodeLength <= count, "A part is no longer than the whole.")
    require(number.truncatedToValid?.isValid ?? true, "Truncated to valid is valid.")
    for type in NumberType.allCases { _ = number.possibility(as: type) }
    if let region = number.region, number.isValid { require(number.isValid(for: region), "A number is valid in its region.") }
    for zone in number.timeZones { require(zone.contains("/"), "A time zone has a name.") }
    for zone in number.timeZonesOfPrefix { require(!zone.isEmpty, "A time zone has a name.") }

    let from = input.region(1) ?? .world
    _ = number.formatted(callingFrom: from)
    _ = number.formattedNationally(carrierCode: input.text)
    for isGrouped in [true, false] {
        _ = number.formattedForMobileDialling(callingFrom: from, isGrouped: isGrouped)
        _ = number.formattedForMobileDialling(callingFrom: number.region ?? from, isGrouped: isGrouped, carrierCode: input.text)
    }
    let custom = custom(input, digits: count)
    for format in PhoneNumber.Format.allCases { _ = number.formatted(format, using: custom) }
    for region in [nil, from, number.region] {
        let short = ShortNumber(number, region: region)
        require(!short.isValid || short.isPossible || region == nil, "A valid short number is possible.")
        _ = (short.cost, short.isCarrierSpecific, short.isSMSService)
    }
}

/// Formats that a host should not make, and some that it would.
private func custom(_ input: Input, digits: Int) -> [CustomNumberFormat] {
    let bounds = [Int.min, -1, 0, 1, 2, 3, digits, 15, 16, Int.max]
    var groups: [ClosedRange<Int>] = []
    for byte in input.bytes.prefix(12) {
        let (one, other) = (bounds[Int(byte & 15) % bounds.count], bounds[Int(byte >> 4) % bounds.count])
        groups.append(min(one, other)...max(one, other))
    }
    let halved = [1...max(digits - 1, 1), 1...1]
    return [
        CustomNumberFormat(leadingDigits: [input.text], groups: groups, template: input.text),
        CustomNumberFormat(groups: groups, template: input.text, nationalPrefixRule: input.text),
        CustomNumberFormat(groups: halved, template: input.text + "$1-$2", nationalPrefixRule: "$NP" + input.text + "$FG"),
    ]
}

private func examine(_ typed: TypedPhoneNumber, _ input: Input) {
    require(typed.description == typed.number.description, "A typed number prints masked.")
    require(typed.carrierCode?.isEmpty != true, "A carrier code has digits.")
    for region in [input.region(1) ?? .world, typed.number.region ?? .world] {
        _ = typed.formattedAsTyped(callingFrom: region)
        _ = typed.formattedKeepingLetters(callingFrom: region)
        for isGrouped in [true, false] { _ = typed.formattedForMobileDialling(callingFrom: region, isGrouped: isGrouped) }
    }
}

// MARK: Finding

private func find(_ input: Input) {
    for leniency in PhoneNumberFinder.Leniency.allCases {
        let tries = input.choice(4) < 200 ? 65_535 : input.choice(4) - 200
        let finder = PhoneNumberFinder(in: input.text, region: input.region(0), leniency: leniency, maximumTries: tries)
        var end = finder.text.startIndex
        for match in finder {
            require(match.range.lowerBound >= end && !match.range.isEmpty, "Found ranges are in order and apart.")
            require(match.range.upperBound <= finder.text.endIndex, "Found ranges are in the text.")
            end = match.range.upperBound
            require(match.number == parsed(String(finder.text[match.range]), input.region(0)), "What is found is what stands there.")
            if leniency > .possible { require(match.number.isValid, "What is found is valid.") }
        }
    }
}

// MARK: Typing

private func type(_ input: Input) {
    var formatter = AsYouTypeFormatter(region: input.region(0))
    var digits: [UInt8] = []
    for (index, character) in input.text.enumerated() {
        formatter.append(character, remembersPosition: index == input.choice(5))
        digits += character.unicodeScalars.compactMap(digit)
        // A text that is longer than any number is only added to.
        guard index < 24 else { continue }
        let shown = formatter.text.unicodeScalars
        require(shown.compactMap(digit) == digits, "Every digit that was typed is shown.")
        require((0...shown.count).contains(formatter.rememberedPosition), "The cursor is in the text.")
    }
    require(formatter.text.unicodeScalars.compactMap(digit) == digits, "Every digit that was typed is shown.")
    let first = formatter.text
    formatter.clear()
    require(formatter.text.isEmpty && formatter.rememberedPosition == 0, "What is cleared is empty.")
    for character in input.text { formatter.append(character) }
    require(formatter.text == first, "The same again shows the same.")
}

// MARK: Dialling short numbers

private func dial(_ input: Input) {
    guard let region = input.region(0) else { return }
    let (exact, connects) = (
        ShortNumber.isEmergency(input.bytes.span, in: region), ShortNumber.connectsToEmergency(input.bytes.span, in: region)
    )
    require(!exact || connects, "An emergency number connects.")
    if Array(input.text.utf8) == input.bytes {
        require(exact == ShortNumber.isEmergency(input.text, in: region), "Text and bytes are dialled alike.")
    }
    if let short = try? ShortNumber(parsing: input.bytes.span, region: region) {
        require(short.digits == short.number.nationalSignificantNumber, "A short number is dialled as it is.")
    }
    _ = Region(input.text)
    if let number = PhoneNumber(e164WithExtension: input.text) {
        require(number.e164WithExtension == input.text, "What is decoded was encoded.")
    }
}

/// A digit of any script, raised and encircled ones too, as ASCII.
private func digit(_ scalar: Unicode.Scalar) -> UInt8? {
    (Symbol.decimal(scalar.value) ?? Symbol.raised(scalar.value)).map { UInt8(ascii: "0") + $0 }
}
