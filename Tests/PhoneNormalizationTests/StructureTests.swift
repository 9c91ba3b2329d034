import PhoneNormalization
import Testing

@Suite("A number's parts are those of its plan")
struct StructureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        /// Digits of the area code, and of what stands in front of the subscriber's number.
        let area, destination: Int
        let isGeographical: Bool

        var testDescription: String { text }
    }

    static let cases = [
        Case(text: "+41446681800", area: 2, destination: 2, isGeographical: true),
        Case(text: "+41791234567", area: 0, destination: 2, isGeographical: false),
        Case(text: "+12015550123", area: 3, destination: 3, isGeographical: true),
        Case(text: "+18005550123", area: 0, destination: 3, isGeographical: false),
        Case(text: "+390236618300", area: 2, destination: 2, isGeographical: true),
        Case(text: "+393123456789", area: 0, destination: 3, isGeographical: false),
        // The 9 of Argentina's mobiles is counted; Mexico and Brazil have areas for mobiles, China has none.
        Case(text: "+5491123456789", area: 3, destination: 3, isGeographical: true),
        Case(text: "+541123456789", area: 2, destination: 2, isGeographical: true),
        Case(text: "+525512345678", area: 2, destination: 2, isGeographical: true),
        Case(text: "+5511961234567", area: 2, destination: 2, isGeographical: true),
        Case(text: "+8613912345678", area: 0, destination: 3, isGeographical: true),
        Case(text: "+4930123456", area: 2, destination: 2, isGeographical: true),
        Case(text: "+4915123456789", area: 0, destination: 4, isGeographical: false),
        Case(text: "+81312345678", area: 1, destination: 1, isGeographical: true),
        Case(text: "+37254321", area: 0, destination: 0, isGeographical: false),
        Case(text: "+6531234567", area: 0, destination: 4, isGeographical: false),
        Case(text: "+80012345678", area: 0, destination: 4, isGeographical: false),
    ]

    @Test("area code, destination code, and whether they tell a place", arguments: cases)
    func parts(_ expected: Case) throws {
        let number = try PhoneNumber(parsing: expected.text, region: nil)
        #expect(number.areaCodeLength == expected.area)
        #expect(number.nationalDestinationCodeLength == expected.destination)
        #expect(number.isGeographical == expected.isGeographical)
    }

    @Test(
        "and its length is that of some types only",
        arguments: [
            ("+41446681800", .mobile, .possible), ("+41446681800", .pager, .possible), ("+4144668180", .fixedLine, .tooShort),
            ("+41446681800123", .fixedLine, .tooLong), ("+12015550123", .mobile, .possible), ("+15550123", .mobile, .possibleLocally),
            ("+15550123", .fixedLineOrMobile, .possibleLocally), ("+15550123", .tollFree, .tooShort),
            ("+5411234567", .fixedLine, .possibleLocally), ("+5491123456789", .mobile, .possible), ("+3902", .fixedLine, .tooShort),
        ] as [(String, NumberType, Possibility)])
    func possibility(_ text: String, _ type: NumberType, _ expected: Possibility) throws {
        #expect(try PhoneNumber(parsing: text, region: nil).possibility(as: type) == expected)
    }

    @Test(
        "digits too many at the end are left out",
        arguments: [
            ("+414466818001", "+41446681800"), ("+4144668180012", "+41446681800"), ("+120155501239", "+12015550123"),
            ("+12015550123", "+12015550123"), ("+1240987654", nil), ("+39023661830012345", "+3902366183001"),
        ] as [(String, String?)])
    func truncation(_ text: String, _ expected: String?) throws {
        #expect(try PhoneNumber(parsing: text, region: nil).truncatedToValid?.formatted(.e164) == expected)
    }

    @Test(
        "a region has a national prefix, types and examples",
        arguments: [
            ("US", "1", "+12015550123", "+12015550123", "+1201555012"), ("AR", "0", "+541123456789", "+5491123456789", "+54112345678"),
            ("IT", nil, "+390212345678", "+393123456789", "+3902123"), ("JP", "0", "+81312345678", "+819012345678", "+8131234567"),
            ("BR", "0", "+551123456789", "+5511961234567", "+55112345678"), ("DE", "0", "+4930123456", "+4915123456789", "+493012"),
            ("MX", nil, "+522001234567", "+522221234567", "+52200123456"), ("ZZ", nil, nil, nil, nil),
        ] as [(Region, String?, String?, String?, String?)])
    func examples(_ region: Region, _ prefix: String?, _ fixed: String?, _ mobile: String?, _ invalid: String?) {
        #expect(region.nationalPrefix == prefix)
        #expect(region.exampleNumber()?.formatted(.e164) == fixed)
        #expect(region.exampleNumber(.mobile)?.formatted(.e164) == mobile)
        #expect(region.invalidExampleNumber?.formatted(.e164) == invalid)
        #expect(region.numberTypes.contains(.fixedLine) == region.isSupported)
    }

    @Test("so has a code without a region, and only such a code")
    func codes() {
        #expect(CountryCallingCode(800)?.exampleNumber?.formatted(.e164) == "+80012345678")
        #expect(CountryCallingCode(870)?.numberTypes == [.mobile, .voip])
        #expect(CountryCallingCode(979)?.numberTypes == [.premiumRate])
        #expect(CountryCallingCode(41)?.exampleNumber == nil && CountryCallingCode(41)?.numberTypes == [])
    }

    @Test("every example is a valid number of its type", arguments: Region.all)
    func everyExample(_ region: Region) {
        for type in region.numberTypes {
            guard let example = region.exampleNumber(type) else { continue }
            #expect(example.isValid && example.callingCode == region.callingCode)
            #expect(example.type == type || example.type == .fixedLineOrMobile)
        }
    }
}
