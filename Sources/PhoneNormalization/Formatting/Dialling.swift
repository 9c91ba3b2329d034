internal import CPhoneMetadata

extension PhoneNumber {
    /// As it is dialled from another region, its international prefix in front: `011 41 44 668 18 00` from the United States.
    ///
    /// From its own region, or between regions of North America, as it is dialled there. With a plus sign where the region has several
    /// international prefixes or no numbering plan.
    public func formatted(callingFrom region: Region) -> String {
        TextBuffer.text { write(callingFrom: region, to: &$0) }
    }

    /// For people in the number's own country, with the carrier that shall take the call, where there is a way to name it: `0 15 11 2345 6789`.
    ///
    /// - Parameter carrierCode: digits, of which the first 20 count; others are left out. Empty for no carrier.
    public func formattedNationally(carrierCode: String) -> String {
        let carrierCode = String(carrierCode.filter { $0.isASCII && $0.isNumber }.prefix(20))
        return TextBuffer.text { write(nationallyBy: carrierCode, to: &$0) }
    }

    /// As a mobile phone dials it from a region; nil if it cannot be dialled from there, as far as is known.
    ///
    /// Without the extension.
    ///
    /// - Parameters:
    ///   - region: where the mobile phone is at home.
    ///   - isGrouped: with the separators that people read; else only what is dialled.
    ///   - carrierCode: the carrier that shall take the call; calls within Brazil need one.
    public func formattedForMobileDialling(callingFrom region: Region, isGrouped: Bool = true, carrierCode: String? = nil) -> String? {
        var number = self
        number.extensionStorage = ExtensionDigits()
        let (type, home) = (number.type, callingCode.mainRegion)
        let isPersonal = [.fixedLine, .mobile, .fixedLineOrMobile].contains(type)
        guard region == home else {
            guard type != .unknown, number.canBeDialledInternationally else { return nil }
            return number.formatted(isGrouped ? .international : .e164)
        }
        let written: String
        if home == "BR", isPersonal {
            guard let carrierCode, !carrierCode.isEmpty else { return nil }
            written = number.formattedNationally(carrierCode: carrierCode)
        } else if plan.pointee.calling_code == 1 {
            written = number.formatted(number.canBeDialledInternationally && number.possibility != .tooShort ? .international : .national)
        } else {
            // Where mobile networks take the national form for something else.
            let isWorldly = home == .world || isPersonal && (home == "MX" || home == "CL" || home == "UZ")
            written = number.formatted(isWorldly && number.canBeDialledInternationally ? .international : .national)
        }
        return isGrouped ? written : String(decoding: written.utf8.filter(Self.isDialled), as: UTF8.self)
    }

    /// Whether a telephone has a key for it.
    static func isDialled(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "#"): true
        default: false
        }
    }

    func write(nationallyBy carrierCode: String, to text: inout TextBuffer) {
        if !carrierCode.isEmpty, let chosen = FormatSet(plan.pointee.national_formats).format(of: national), chosen.carrier != 0 {
            text.append(template: chosen.carrier, national, DigitGroups(chosen, count: Int(national.count)), carrierCode: carrierCode)
        } else {
            writeNational(.national, to: &text)
        }
        writeExtension(.national, to: &text)
    }

    private func write(callingFrom region: Region, to text: inout TextBuffer) {
        guard let from = Plans.regionIndex(letters: region.letters).map({ Plans.regions + $0 }) else {
            return write(.international, to: &text)
        }
        let code = plan.pointee.calling_code
        if from.pointee.calling_code == code {
            if code == 1 { text.append("1 ") }
            return write(.national, to: &text)
        }
        write(prefixOf: from.pointee.dialled_international_prefix, to: &text)
        writeNational(.international, to: &text)
        writeExtension(.international, to: &text)
    }

    /// An international prefix, or a plus sign where it is empty, and the country calling code.
    func write(prefixOf string: UInt16, to text: inout TextBuffer) {
        if phone_table_strings()[Int(string)] == 0 {
            text.append(UInt8(ascii: "+"))
        } else {
            text.append(stringAt: string)
            text.append(UInt8(ascii: " "))
        }
        text.append(plan.pointee.calling_code)
        text.append(UInt8(ascii: " "))
    }
}

extension TextBuffer {
    static func text(_ build: (inout TextBuffer) -> Void) -> String {
        with(build) { String(decoding: $0, as: UTF8.self) }
    }
}
