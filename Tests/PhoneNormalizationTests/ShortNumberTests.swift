import PhoneNormalization
import Testing

@Suite("A short number is what it is in the region it is dialled in")
struct ShortNumberTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let digits: String
        let region: Region
        let isValid: Bool
        let cost: ShortNumber.Cost
        var isCarrierSpecific = false
        var isSMSService = false

        var testDescription: String { "\(digits) in \(region)" }
    }

    static let cases = [
        Case(digits: "112", region: "CH", isValid: true, cost: .tollFree),
        Case(digits: "1811", region: "CH", isValid: true, cost: .premiumRate),
        Case(digits: "1234", region: "CH", isValid: false, cost: .unknown),
        Case(digits: "18", region: "FR", isValid: true, cost: .tollFree),
        Case(digits: "42124", region: "FR", isValid: true, cost: .premiumRate, isSMSService: true),
        Case(digits: "150", region: "GB", isValid: true, cost: .unknown),
        Case(digits: "611", region: "US", isValid: true, cost: .tollFree, isCarrierSpecific: true),
        Case(digits: "211", region: "US", isValid: true, cost: .unknown, isCarrierSpecific: true),
        Case(digits: "560560", region: "US", isValid: true, cost: .standardRate, isSMSService: true),
        Case(digits: "24280", region: "US", isValid: true, cost: .premiumRate, isSMSService: true),
        Case(digits: "24280", region: "CA", isValid: true, cost: .unknown, isSMSService: true),
        Case(digits: "15", region: "US", isValid: false, cost: .unknown),
    ]

    @Test("valid, at a cost, of a carrier, for messages", arguments: cases)
    func facts(_ expected: Case) throws {
        let number = try ShortNumber(parsing: expected.digits, region: expected.region)
        #expect(number.digits == expected.digits)
        #expect(number.isValid == expected.isValid)
        #expect(number.cost == expected.cost)
        #expect(number.isCarrierSpecific == expected.isCarrierSpecific)
        #expect(number.isSMSService == expected.isSMSService)
        #expect(!number.isValid || number.isPossible)
    }

    @Test("and nothing in a region with another calling code")
    func elsewhere() throws {
        let number = try PhoneNumber(parsing: "911", region: "US")
        for region: Region in ["CH", .world, "ZZ"] {
            let there = ShortNumber(number, region: region)
            #expect(!there.isPossible && !there.isValid && !there.isCarrierSpecific && !there.isSMSService)
            #expect(there.cost == .unknown)
        }
        let jersey = ShortNumber(try PhoneNumber(parsing: "999", region: "GB"), region: "JE")
        #expect(jersey.isValid && jersey.cost == .tollFree)
    }

    @Test("without a region, any region's word counts for validity, and the most expensive one's for the cost")
    func overRegions() throws {
        let premium = ShortNumber(try PhoneNumber(parsing: "24280", region: "CA"))
        #expect(premium.isValid && premium.cost == .premiumRate)
        let unknownSomewhere = ShortNumber(try PhoneNumber(parsing: "911", region: "US"))
        #expect(unknownSomewhere.isValid && unknownSomewhere.cost == .unknown)
        #expect(ShortNumber(try PhoneNumber(parsing: "112", region: "CH")).cost == .tollFree)
        for code in CountryCallingCode.all where code.regions.count > 1 {
            for digits in ["112", "911", "999", "24280", "560560", "15", "116000"] {
                let number = try #require(PhoneNumber(code, digits))
                let each = code.regions.map { ShortNumber(number, region: $0) }
                #expect(ShortNumber(number).isPossible == each.contains(where: \.isPossible))
                #expect(ShortNumber(number).cost == each.map(\.cost).max())
            }
        }
    }

    @Test("a whole number is none, and an extension changes nothing")
    func wholeNumbers() throws {
        let whole = ShortNumber(try PhoneNumber(parsing: "+41 44 668 18 00", region: nil))
        #expect(!whole.isPossible && !whole.isValid)
        #expect(ShortNumber(try PhoneNumber(parsing: "+1 911 ext. 5", region: nil)).isValid)
        for code in CountryCallingCode.all {
            for digits in ["00", "12345678901234567"] {
                let number = try #require(PhoneNumber(code, digits))
                #expect(!ShortNumber(number).isValid)
            }
        }
    }

    @Test("an example is valid, costs what it is an example of, and every region with short numbers has one")
    func examples() throws {
        for region in Region.all {
            #expect((region.exampleShortNumber != nil) == region.hasShortNumbers)
            #expect(region.exampleShortNumber?.isValid != false)
            #expect(region.exampleShortNumber?.region ?? region == region)
            #expect(region.exampleShortNumber(.unknown) == nil)
            for cost: ShortNumber.Cost in [.tollFree, .standardRate, .premiumRate] {
                if let example = region.exampleShortNumber(cost) { #expect(example.cost == cost, "\(region)") }
            }
        }
        #expect(Region("US").exampleShortNumber(.standardRate)?.digits == "23333")
        #expect(Region("CH").exampleShortNumber?.digits == "112")
        #expect(Region.world.exampleShortNumber == nil && !Region.world.hasShortNumbers)
        #expect(Region("ZZ").exampleShortNumber(.tollFree) == nil && !Region("ZZ").hasShortNumbers)
    }

    @Test("it prints masked, as it may be made of somebody's number")
    func masked() throws {
        let number = ShortNumber(try PhoneNumber(parsing: "+41 44 668 18 57", region: nil))
        var dumped = ""
        dump(number, to: &dumped)
        for text in [dumped, "\(number)", String(reflecting: number), String(describing: Optional(number))] {
            #expect(text.contains("+41 ••• ••• ••57") && !text.contains("668"))
        }
    }
}

@Suite("An emergency number is recognised as it is dialled")
struct EmergencyNumberTests {
    @Test(
        "alone, in any spelling",
        arguments: ["911", "9-1-1", " (911) ", "9 1 1", "٩١١", "９１１", "tel:911", "911/ x5", "call 911!", "9\u{200B}11", "9a1b1"])
    func exact(_ dialled: String) {
        #expect(ShortNumber.isEmergency(dialled, in: "US"))
        #expect(ShortNumber.connectsToEmergency(dialled, in: "US"))
    }

    @Test("with more digits behind it, it may connect but is another number", arguments: ["9111", "911 5", "9116666666", "112999"])
    func withMore(_ dialled: String) {
        #expect(!ShortNumber.isEmergency(dialled, in: "US"))
        #expect(ShortNumber.connectsToEmergency(dialled, in: "US"))
    }

    @Test("in Brazil, Chile and Nicaragua, more digits lead elsewhere")
    func exactRegions() {
        #expect(Region.all.filter(\.emergencyNumbersAreExact).map(\.code).sorted() == ["BR", "CL", "NI"])
        for (region, digits): (Region, String) in [("BR", "190"), ("CL", "131"), ("NI", "118")] {
            #expect(ShortNumber.isEmergency(digits, in: region) && ShortNumber.connectsToEmergency(digits, in: region))
            #expect(!ShortNumber.isEmergency(digits + "0", in: region) && !ShortNumber.connectsToEmergency(digits + "0", in: region))
        }
    }

    @Test(
        "not with a plus sign, not in another region, not in part",
        arguments: ["+911", "＋911", "+1911", "(+911", "91", "999", "1911", "0911", "/", "nine", ""])
    func others(_ dialled: String) {
        #expect(!ShortNumber.isEmergency(dialled, in: "US"))
        #expect(!ShortNumber.connectsToEmergency(dialled, in: "US"))
    }

    @Test("nowhere in a region without short numbers")
    func unknownRegions() {
        for region: Region in [.world, "ZZ", "TA"] {
            #expect(!ShortNumber.isEmergency("112", in: region) && !ShortNumber.connectsToEmergency("112", in: region))
        }
    }

    @Test("a plus sign behind the first digit is punctuation, and a slash with an x ends the number")
    func punctuation() {
        #expect(ShortNumber.isEmergency("9+11", in: "US"))
        #expect(!ShortNumber.isEmergency("91/x1", in: "US"))
        #expect(!ShortNumber.isEmergency("91\\  x1", in: "US"))
        #expect(ShortNumber.isEmergency("91/1", in: "US"))
        #expect(ShortNumber.isEmergency("91/-x1", in: "US"))
        #expect(ShortNumber.isEmergency("/x911", in: "US"))
    }

    @Test("any bytes get an answer, a megabyte as well")
    func hostile() {
        func answers(_ bytes: [UInt8]) -> [Bool] {
            [ShortNumber.isEmergency(bytes.span, in: "US"), ShortNumber.connectsToEmergency(bytes.span, in: "US")]
        }
        #expect(answers([]) == [false, false])
        for byte in UInt8.min...UInt8.max {
            #expect(answers([byte]) == [false, false])
            #expect(answers([UInt8](repeating: byte, count: 100)) == [false, false])
            // Nothing but a digit or a plus sign changes what is dialled.
            let isDigit = (0x30...0x39).contains(byte)
            #expect(answers([byte] + Array("911".utf8)) == [!isDigit && byte != 0x2B, !isDigit && byte != 0x2B])
            #expect(answers(Array("911".utf8) + [byte]) == [!isDigit, true])
        }
        for byte: UInt8 in [0x39, 0x2F, 0xE2, 0xFF] {
            #expect(answers([UInt8](repeating: byte, count: 1_000_000)) == [false, false])
        }
        let junk = [UInt8](repeating: 0x20, count: 500_000)
        #expect(answers(junk + Array("911".utf8) + junk) == [true, true])
        #expect(answers(Array("9".utf8) + junk + Array("11".utf8) + junk + Array("1".utf8)) == [false, true])
        #expect(answers(Array(String(repeating: "/ ", count: 500_000).utf8)) == [false, false])
    }

    @Test("a text without end is no short number")
    func tooLong() {
        #expect(throws: PhoneNumberError.self) { try ShortNumber(parsing: String(repeating: "1", count: 1_000_000), region: "US") }
        #expect(throws: PhoneNumberError.self) { try ShortNumber(parsing: "", region: "US") }
        #expect(throws: PhoneNumberError.self) { try ShortNumber(parsing: [UInt8](repeating: 0x80, count: 9).span, region: "US") }
    }
}
