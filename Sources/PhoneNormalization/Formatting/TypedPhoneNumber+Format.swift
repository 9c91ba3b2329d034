internal import CPhoneMetadata

extension TypedPhoneNumber {
    /// The number as its owner writes it, tidied: with or without country calling code and national prefix, as it was typed.
    ///
    /// What was typed stays as it is where tidying would add or drop a digit, and where no format fits.
    ///
    /// - Parameter region: where it would be dialled from, for a number that was typed with that region's international prefix.
    public func formattedAsTyped(callingFrom region: Region) -> String {
        let format = FormatSet(number.plan.pointee.national_formats).format(of: number.national)
        guard let format else { return text }
        let tidied = tidied(format, callingFrom: region)
        let isSame = tidied.utf8.lazy.filter(PhoneNumber.isDialled).elementsEqual(text.utf8.lazy.filter(PhoneNumber.isDialled))
        return isSame || text.isEmpty ? tidied : text
    }

    private func tidied(_ format: phone_format, callingFrom region: Region) -> String {
        switch origin {
        case .plusSign: return formatted(.international)
        case .internationalPrefix: return number.formatted(callingFrom: region)
        case .withoutPlusSign: return String(formatted(.international).dropFirst())
        case .region: break
        }
        let home = Plans.regions[Int(number.plan.pointee.main_region)]
        let prefix = TextBuffer.text { $0.append(stringAt: home.dialled_national_prefix) }.filter { $0 != "~" }
        guard home.letters != 0, !prefix.isEmpty, !hasNationalPrefix(prefix, home: home), format.prefixRules.contains(.hasDigitsInFront)
        else { return formatted(.national) }
        // It was typed without national prefix, so none is put in front.
        return TextBuffer.text { buffer in
            let groups = DigitGroups(format, count: Int(number.national.count))
            buffer.append(template: format.international, number.national, groups)
            number.writeExtension(.national, to: &buffer)
        }
    }

    /// Whether the text begins with the national prefix, and not with a number that begins as the prefix does.
    private func hasNationalPrefix(_ prefix: String, home: phone_region) -> Bool {
        let digits = String(decoding: TypedDigits.ascii(text), as: UTF8.self)
        guard digits.hasPrefix(prefix) else { return false }
        let rest = String(digits.dropFirst(prefix.count))
        return (try? PhoneNumber(parsing: rest, region: Region(letters: home.letters)))?.isValid ?? false
    }

    /// As a mobile phone dials it from a region, through the carrier it was typed with; nil if it cannot be dialled from there.
    ///
    /// - Parameters:
    ///   - region: where the mobile phone is at home.
    ///   - isGrouped: with the separators that people read; else only what is dialled.
    public func formattedForMobileDialling(callingFrom region: Region, isGrouped: Bool = true) -> String? {
        guard let written = number.formattedForMobileDialling(callingFrom: region, isGrouped: isGrouped, carrierCode: carrierCode) else {
            return nil
        }
        guard isZero else { return written }
        return isGrouped ? text : String(decoding: text.utf8.filter(PhoneNumber.isDialled), as: UTF8.self)
    }

    /// A number of zeros alone has no value to write, and stays as it was typed.
    private func formatted(_ format: PhoneNumber.Format) -> String {
        isZero ? text : number.formatted(format)
    }

    private var isZero: Bool { (0..<Int(number.national.count)).allSatisfy { number.national[$0] == 0 } }

    /// As it is dialled from another region, with the letters it was typed with: `011 1 800 FLOWERS`.
    public func formattedKeepingLetters(callingFrom region: Region) -> String {
        guard !text.isEmpty else { return number.formatted(callingFrom: region) }
        let code = number.plan.pointee.calling_code
        var typed = TypedDigits.grouped(text)
        if number.national.count > 3 {
            let start = (0..<3).map { UInt8(ascii: "0") + number.national[$0] }
            if let first = typed.indices.first(where: { typed[$0...].starts(with: start) }) { typed = Array(typed[first...]) }
        }
        let from = Plans.regionIndex(letters: region.letters)
        if let from, Plans.regions[from].calling_code == code {
            let isMain = from == Int(number.plan.pointee.main_region)
            return String(decoding: code == 1 ? Array("1 ".utf8) + typed : isMain ? withNationalPrefix(typed) : typed, as: UTF8.self)
        }
        let prefix = TextBuffer.bytes {
            number.write(prefixOf: from.map { Plans.regions[$0].only_international_prefix } ?? 0, to: &$0)
        }
        let tail = TextBuffer.bytes { number.writeExtension(.international, to: &$0) }
        let body = typed[..<TypedDigits.extensionStart(in: typed)]
        return String(decoding: [prefix[...], body, tail[...]].joined(), as: UTF8.self)
    }

    /// Puts what the number's format has round its first group round the first run of digits.
    private func withNationalPrefix(_ typed: [UInt8]) -> [UInt8] {
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        guard let format = FormatSet(number.plan.pointee.national_formats).format(of: number.national),
            let start = typed.firstIndex(where: isDigit)
        else { return typed }
        let end = typed[start...].firstIndex { !isDigit($0) } ?? typed.endIndex
        let (plain, national) = (TextBuffer.string(at: format.international), TextBuffer.string(at: format.national))
        guard let group = plain.firstIndex(where: { $0 < 8 }), let nationalGroup = national.firstIndex(where: { $0 < 8 }) else {
            return typed
        }
        let front = national[group..<nationalGroup]
        let behind = national[(nationalGroup + 1)..<(national.count - (plain.count - group - 1))]
        return Array([typed[..<start], front, typed[start..<end], behind, typed[end...]].joined())
    }
}

/// What is taken out of a text as it was typed.
enum TypedDigits {
    /// The digits of every script, as ASCII.
    static func ascii(_ text: String) -> [UInt8] {
        text.unicodeScalars.compactMap { Symbol.decimal($0.value) ?? Symbol.raised($0.value) }.map { UInt8(ascii: "0") + $0 }
    }

    /// ASCII digits, letters in upper case, and the separators people group with; all else is left out.
    static func grouped(_ text: String) -> [UInt8] {
        text.unicodeScalars.compactMap { scalar in
            switch scalar {
            case "0"..."9", "A"..."Z", "-", "/", " ", ".": UInt8(scalar.value)
            case "a"..."z": UInt8(scalar.value) & 0xDF
            case "\u{FF0D}", "\u{2010}"..."\u{2015}", "\u{2212}": UInt8(ascii: "-")
            case "\u{FF0F}": UInt8(ascii: "/")
            case "\u{3000}", "\u{2060}": UInt8(ascii: " ")
            case "\u{FF0E}": UInt8(ascii: ".")
            // What becomes an ASCII letter in upper case.
            case "\u{17F}": UInt8(ascii: "S")
            case "\u{131}": UInt8(ascii: "I")
            default: nil
            }
        }
    }

    /// Where the extension of a text from ``grouped(_:)`` begins; its end where it has none.
    static func extensionStart(in text: [UInt8]) -> Int {
        text.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Scratch.byteCount + SymbolText.byteCount) { memory in
                let scratch = Scratch(UnsafeMutableBufferPointer(rebasing: memory[..<Scratch.byteCount]))
                let rest = UnsafeMutableBufferPointer(rebasing: memory[Scratch.byteCount...])
                guard var symbols = SymbolText(bytes, memory: rest) else { return bytes.count }
                symbols.takeWhole(scratch)
                _ = symbols.takeExtension()
                return symbols.part.end
            }
        }
    }
}
