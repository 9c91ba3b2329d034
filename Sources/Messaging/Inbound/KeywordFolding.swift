/// Makes words comparable that are the same to whoever types them.
///
/// Letters become small and lose their accents, full-width letters become ordinary ones and half-width katakana the usual ones, Hangul is taken apart; invisible
/// characters go. Everything that is neither letter, digit nor vowel sign is a gap, and gaps are one space between words and nothing around them.
///
/// Coarser than Unicode's own equivalences, which keep accents: phones without the right keyboard leave them out.
enum KeywordFolding {
    /// Hands out code points until `emit` wants no more.
    static func fold(_ text: UnsafeRawBufferPointer, _ emit: (UInt32) -> Bool) {
        var position = 0
        var (hasBegun, isGap) = (false, false)
        while position < text.count {
            guard let (scalar, length) = UTF8Text.scalar(in: text, at: position) else {
                position += 1
                isGap = true
                continue
            }
            position += length
            for scalar in scalar.properties.lowercaseMapping.unicodeScalars {
                switch kind(of: scalar) {
                case .nothing: continue
                case .gap: isGap = true
                case .letter:
                    if isGap, hasBegun, !emit(0x20) { return }
                    (hasBegun, isGap) = (true, false)
                    guard emitLetter(scalar, emit) else { return }
                }
            }
        }
    }

    private enum Kind { case letter, gap, nothing }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        // Accents, points and vowel signs that are often left out, the line that makes an Arabic word longer, voicing marks.
        case 0x300...0x36F, 0x591...0x5C7, 0x610...0x61A, 0x640, 0x64B...0x655, 0x670, 0x93C, 0x3099...0x309A, 0xFF9E...0xFF9F:
            return .nothing
        // What chooses a glyph, and letters that are blank.
        case 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x115F...0x1160, 0x3164, 0xFFA0:
            return .nothing
        default: break
        }
        return switch scalar.properties.generalCategory {
        case .format, .enclosingMark: .nothing
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark, .spacingMark: .letter
        default: .gap
        }
    }

    private static func emitLetter(_ scalar: Unicode.Scalar, _ emit: (UInt32) -> Bool) -> Bool {
        let value = scalar.value
        switch value {
        case 0xFF10...0xFF19, 0xFF41...0xFF5A: return emit(value - 0xFEE0)
        case 0xFF66...0xFF9D: return emit(katakana[Int(value - 0xFF66)].value)
        case 0xAC00...0xD7A3:
            // Source: Unicode 16.0 §3.12.2.
            let index = value - 0xAC00
            guard emit(0x1100 + index / 588), emit(0x1161 + index % 588 / 28) else { return false }
            return index % 28 == 0 || emit(0x11A7 + index % 28)
        default: return emit((bare[scalar] ?? scalar).value)
        }
    }

    /// Of the half-width forms from U+FF66 on.
    private static let katakana = Array(
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars)

    /// A letter without what stands above, below or through it.
    private static let bare: [Unicode.Scalar: Unicode.Scalar] = {
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (letter, marked) in marked {
            // One by one: an accent that stands alone in the source would be a character of its own.
            for scalar in marked.unicodeScalars { table[scalar] = letter }
        }
        return table
    }()

    private static let marked: [(Unicode.Scalar, String)] = [
        ("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"), ("c", "çćĉċč"), ("d", "ďđ"), ("e", "èéêëēĕėęěẹẻẽếềểễệ"), ("g", "ĝğġģ"), ("h", "ĥħ"),
        ("i", "ìíîïĩīĭįıỉị"),
        ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľł"), ("n", "ñńņň"), ("o", "òóôõöøōŏőơọỏốồổỗộớờởỡợ"), ("r", "ŕŗř"), ("s", "śŝşšș"), ("t", "ţťț"),
        ("u", "ùúûüũūŭůűųưụủứừửữự"), ("w", "ŵ"), ("y", "ýÿŷỳỵỷỹ"), ("z", "źżž"),
        ("α", "ά"), ("ε", "έ"), ("η", "ή"), ("ι", "ίϊΐ"), ("ο", "ό"), ("σ", "ς"), ("υ", "ύϋΰ"), ("ω", "ώ"),
        ("г", "ґѓ"), ("е", "ёѐ"), ("и", "йѝ"), ("і", "ї"), ("к", "ќ"), ("у", "ў"),
        // Arabic, Persian and Urdu keyboards have different letters for the same.
        ("ا", "آأإٱ"), ("و", "ؤ"), ("ي", "ئىی"), ("ك", "ک"), ("ه", "ةہھۀە"),
        ("カ", "ガ"), ("キ", "ギ"), ("ク", "グ"), ("ケ", "ゲ"), ("コ", "ゴ"), ("サ", "ザ"), ("シ", "ジ"), ("ス", "ズ"), ("セ", "ゼ"), ("ソ", "ゾ"), ("タ", "ダ"),
        ("チ", "ヂ"), ("ツ", "ヅ"), ("テ", "デ"), ("ト", "ド"), ("ハ", "バパ"), ("ヒ", "ビピ"), ("フ", "ブプ"), ("ヘ", "ベペ"), ("ホ", "ボポ"), ("ウ", "ヴ"),
    ]
}
