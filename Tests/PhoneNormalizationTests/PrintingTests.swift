import PhoneNormalization
import Testing

@Suite("A number prints masked, and is written out only when asked")
struct PrintingTests {
    let number: PhoneNumber

    init() throws {
        number = try PhoneNumber(parsing: "+41 44 668 18 57 ext. 9321", region: nil)
    }

    @Test("print, dump, interpolation, reflection and containers show two digits at most")
    func masked() {
        var dumped = ""
        dump(number, to: &dumped)
        var printed = ""
        print(number, to: &printed)
        var array = ""
        dump([number], to: &array)
        let shown = [
            dumped, printed, array, "\(number)", String(describing: number), String(reflecting: number), String(reflecting: [number]),
            String(describing: Optional(number)), String(describing: Result<PhoneNumber, PhoneNumberError>.success(number)),
        ]
        for text in shown {
            #expect(text.contains("+41 ••• ••• ••57"))
            #expect(!text.contains("668") && !text.contains("1857") && !text.contains("9321"))
        }
        #expect(Mirror(reflecting: number).children.isEmpty)
    }

    @Test("whatever else holds a number, or a text it was in, shows neither")
    func holders() throws {
        let text = "+41 44 668 18 57"
        var typing = AsYouTypeFormatter(region: "CH")
        for character in text { typing.append(character) }
        let finder = PhoneNumberFinder(in: "Call \(text).", region: "CH")
        let match = try #require(finder.first { _ in true })
        let holders: [Any] = [
            try TypedPhoneNumber(parsing: text, region: "CH"), typing, finder, finder.makeIterator(), match, ShortNumber(number),
            PhoneNumber.E164Coded(wrappedValue: number), [number: [typing]],
        ]
        for holder in holders {
            var dumped = ""
            dump(holder, to: &dumped)
            for shown in [dumped, "\(holder)", String(reflecting: holder)] {
                let digits = shown.filter(\.isNumber)
                #expect(!digits.contains("668") && !digits.contains("1857"))
            }
        }
    }

    @Test("the mask tells no number's length")
    func maskHasOneLength() throws {
        #expect(try "\(PhoneNumber(parsing: "+49 123", region: nil))" == "+49 ••• ••• ••23")
        #expect(try "\(PhoneNumber(parsing: "+49 12345678901234", region: nil))" == "+49 ••• ••• ••34")
    }

    @Test("it cannot be encoded by accident")
    func notCodable() {
        #expect(!((number as Any) is any Encodable))
        #expect(!((number as Any) is any Decodable))
        #expect(!((number as Any) is any LosslessStringConvertible))
    }

    @Test("E.164 goes into a caller's memory without a string")
    func bytes() throws {
        let lent = number.withE164Bytes { bytes in
            (0..<bytes.count).map { bytes[$0] }
        }
        #expect(String(decoding: lent, as: UTF8.self) == "+41446681857")
        let written = [UInt8](unsafeUninitializedCapacity: 21) { buffer, count in
            var output = OutputSpan(buffer: buffer, initializedCount: 0)
            number.writeE164(to: &output)
            count = output.finalize(for: buffer)
        }
        #expect(written == lent)
        let longest = try PhoneNumber(parsing: "+599 12345678901234567", region: nil)
        #expect(longest.withE164Bytes { $0.count } == 21)
    }

    @Test("a number is a small value without references")
    func layout() {
        #expect(MemoryLayout<PhoneNumber>.size <= 64)
        #expect(_isPOD(PhoneNumber.self))
        #expect(_isPOD(PhoneNumberError.self))
    }
}
