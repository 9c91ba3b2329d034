/// The GSM 7 bit default alphabet with its extension table.
///
/// Source: 3GPP TS 23.038 §6.2.1 (default alphabet) and §6.2.1.1 (extension table), as code points. The national language tables of annex A are not
/// used: a phone has to know them, and few do.
package enum GSM7 {
    /// Comes before a character of the extension table.
    package static let escape: UInt8 = 0x1B

    /// Code points by septet. 0x1B, the escape, stands for no character.
    private static let basic: [Unicode.Scalar] = Array(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{FFFF}ÆæßÉ"
            + " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)

    private static let extended: [(UInt8, Unicode.Scalar)] = [
        (0x0A, "\u{0C}"), (0x14, "^"), (0x28, "{"), (0x29, "}"), (0x2F, "\\"), (0x3C, "["), (0x3D, "~"), (0x3E, "]"), (0x40, "|"),
        (0x65, "€"),
    ]

    /// By code point below 0x400: the septet, with bit 7 set of the extension table; 0xFF without one.
    private static let septets: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 0x400)
        for (septet, scalar) in basic.enumerated() where scalar.value < 0x400 { table[Int(scalar.value)] = UInt8(septet) }
        for (septet, scalar) in extended where scalar.value < 0x400 { table[Int(scalar.value)] = septet | 0x80 }
        return table
    }()

    /// The septet of a character, and whether an escape comes before it; `nil` where the alphabet does not have it.
    package static func septet(of scalar: Unicode.Scalar) -> (septet: UInt8, isEscaped: Bool)? {
        if scalar == "€" { return (0x65, true) }
        guard scalar.value < 0x400 else { return nil }
        let entry = septets[Int(scalar.value)]
        return entry == 0xFF ? nil : (entry & 0x7F, entry & 0x80 != 0)
    }

    /// What a septet means; `?` of an octet above 0x7F. One that the extension table lacks is shown as in the basic one, and a lone escape as a space.
    ///
    /// Source: 3GPP TS 23.038 §6.2.1.1.
    package static func scalar(of septet: UInt8, isEscaped: Bool) -> Unicode.Scalar {
        if isEscaped, let found = extended.first(where: { $0.0 == septet }) { return found.1 }
        return septet < 0x80 ? (septet == escape ? " " : basic[Int(septet)]) : "?"
    }
}
