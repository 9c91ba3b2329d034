import PhoneNormalization
import Testing

@Suite("Two numbers are compared as people compare them")
struct MatchingTests {
    @Test(
        "as texts, with or without a country",
        arguments: [
            ("+41446681800", "+41 44 668-1800", .exact), ("+41446681800 x5", "+41446681800 ext. 5", .exact),
            ("+41446681800", "044 668 18 00", .national), ("+41446681800", "44 668 18 00", .national),
            ("+12015550123", "2015550123", .national), ("+5491123456789", "011 15 2345 6789", .national),
            ("044 668 18 00", "044 668 18 00", .national), ("12", "12", .national),
            ("+41446681800", "668 18 00", .shortNational), ("+12015550123", "5550123", .shortNational),
            ("+41446681800 x5", "+41446681800", .shortNational), ("+390236618300", "+39236618300", .shortNational),
            ("446681800", "0446681800", .shortNational), ("00", "000", .shortNational),
            ("+52 1 55 1234 5678", "+52 55 1234 5678", .shortNational), ("+41446681800", "+49446681800", .different),
            ("+41446681800 x5", "+41446681800 x6", .different), ("+41446681800", "044 668 18 01", .different),
            ("+41446681800", "x", .notANumber), ("", "", .notANumber), ("1", "1", .notANumber),
        ] as [(String, String, NumberMatch)])
    func texts(_ first: String, _ second: String, _ expected: NumberMatch) throws {
        #expect(PhoneNumber.match(first, second) == expected)
        #expect(PhoneNumber.match(second, first) == expected)
        guard first.hasPrefix("+") else { return }
        #expect(try PhoneNumber(parsing: first, region: nil).match(second) == expected)
    }

    @Test("as numbers, they never match by their digits alone")
    func numbers() throws {
        let number = try PhoneNumber(parsing: "044 668 18 00", region: "CH")
        #expect(number.match(number) == .exact)
        #expect(try number.match(PhoneNumber(parsing: "+41 44 668 18 00 ext. 3", region: nil)) == .shortNational)
        #expect(try number.match(PhoneNumber(parsing: "+49 44 668 18 00", region: nil)) == .different)
    }

    @Test("and the closer, the greater")
    func order() {
        #expect(NumberMatch.allCases == NumberMatch.allCases.sorted())
        #expect(NumberMatch.exact > .national && NumberMatch.national > .shortNational && NumberMatch.shortNational > .different)
    }
}
