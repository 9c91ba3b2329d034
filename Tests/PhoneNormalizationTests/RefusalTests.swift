import PhoneNormalization
import Testing

@Suite("A text that is no number is refused with a reason")
struct RefusalTests {
    static let cases: [(text: String, region: Region?, code: PhoneNumberError.Code)] = [
        ("", "CH", .empty),
        ("", nil, .empty),
        (" \t\r\n\u{A0}\u{2003}\u{3000}\u{2028}", "CH", .empty),
        (String(repeating: " ", count: 250), "CH", .empty),
        (String(repeating: " ", count: 251), "CH", .tooLong),
        ("\u{FFFD}", "CH", .notANumber),
        ("044 \u{FFFD} 68", "CH", .notANumber),
        (" - ", "CH", .notANumber),
        ("+", "CH", .notANumber),
        ("1", "CH", .notANumber),
        ("hello", "CH", .notANumber),
        ("1 2", "CH", .notANumber),
        ("044 668 18 00 ö 1", "CH", .notANumber),
        ("tel:044;phone-context=+", "CH", .notANumber),
        ("tel:044 668 18 00;phone-context=-a.ch", "CH", .notANumber),
        ("044 668 18 00", nil, .invalidCountryCode),
        ("044 668 18 00", "ZZ", .invalidCountryCode),
        ("044 668 18 00", .world, .invalidCountryCode),
        ("+999 44 668 18 00", "CH", .invalidCountryCode),
        ("+0044 668 18 00", nil, .invalidCountryCode),
        ("00 41", "CH", .tooShortAfterIDD),
        ("+999", nil, .invalidCountryCode),
        ("+41 4", nil, .tooShortNSN),
        ("+41 446681800 446681800", nil, .tooLong),
        (String(repeating: "0", count: 251), "CH", .tooLong),
        (String(repeating: "é", count: 251), "CH", .tooLong),
    ]

    @Test("by code", arguments: cases.indices)
    func code(_ index: Int) {
        let (text, region, code) = Self.cases[index]
        #expect {
            try PhoneNumber(parsing: text, region: region)
        } throws: {
            ($0 as? PhoneNumberError)?.code == code
        }
    }

    @Test("without repeating the text", arguments: cases.indices)
    func neverCarriesTheText(_ index: Int) {
        let (text, region, _) = Self.cases[index]
        let digits = text.filter { $0.isNumber }
        do {
            _ = try PhoneNumber(parsing: text, region: region)
        } catch {
            var dumped = ""
            dump(error, to: &dumped)
            for printed in [error.reason, error.description, "\(error)", String(reflecting: error), dumped] where digits.count > 3 {
                #expect(!printed.contains(digits))
                #expect(!printed.contains(text))
            }
            #expect(error.reason.contains("ask for"))
        }
    }

    @Test("bytes that are no number and not UTF-8 either are told apart, at the first broken byte")
    func invalidUTF8() {
        let broken: [([UInt8], Int)] = [
            ([0xFF], 0), ([0x20, 0x80], 1), ([0xC0, 0xAF], 0), ([0xED, 0xA0, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xE2, 0x80], 0),
            (Array("please call ".utf8) + [0xF0, 0x9F, 0x98], 12), (Array("044 ".utf8) + [0xFC] + Array(" 18".utf8), 4),
            ([0xEF, 0xBF, 0xBD, 0xEF, 0xBF], 3), ([0xEF, 0xBF, 0xBD, 0xEF, 0x41, 0x42], 3),
        ]
        for (bytes, offset) in broken {
            do {
                _ = try PhoneNumber(parsing: bytes.span, region: "CH")
                Issue.record("read a number")
            } catch {
                #expect(error.code == .invalidUTF8 && error.byteOffset == offset, "\(bytes)")
            }
        }
        // What is wrong with the rest is said first, where that is something else than characters.
        #expect { try PhoneNumber(parsing: ([0xFF] + Array("044 668 18 00".utf8)).span, region: nil) } throws: {
            ($0 as? PhoneNumberError)?.code == .invalidCountryCode
        }
    }

    @Test("and with the byte at which the reading stopped")
    func byteOffset() {
        let texts: [(String, Int)] = [("044 668 18 00 öder", 14), ("044 é68 18 00", 4), ("0é4", 1), ("☎ 0é44", 5)]
        for (text, offset) in texts {
            do {
                _ = try PhoneNumber(parsing: text, region: "CH")
                Issue.record("read a number")
            } catch {
                #expect(error.code == .notANumber)
                #expect(error.byteOffset == offset)
            }
        }
    }
}
