import PhoneNormalization
import Testing

@Suite("A text that is no number is refused with a reason")
struct RefusalTests {
    static let cases: [(text: String, region: Region?, code: PhoneNumberError.Code)] = [
        ("", "CH", .notANumber),
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
