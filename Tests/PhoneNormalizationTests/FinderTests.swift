import PhoneNormalization
import Testing

@Suite("Numbers are found in a text, as strictly as one likes")
struct FinderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let region: Region
        let text: String
        /// What stands where numbers were found, at each leniency in turn.
        let found: [[String]]

        init(_ region: Region, _ text: String, everywhere found: [String]) {
            self.init(region, text, [found, found, found, found])
        }

        init(_ region: Region, _ text: String, _ found: [[String]]) {
            (self.region, self.text, self.found) = (region, text, found)
        }

        var testDescription: String { "\(text) in \(region)" }
    }

    static let cases = [
        Case("US", "Call +41 44 668 18 00 or (201) 555-0123.", everywhere: ["+41 44 668 18 00", "(201) 555-0123"]),
        Case("CH", "044 668 18 00 / 044 668 18 01", everywhere: ["044 668 18 00", "044 668 18 01"]),
        Case("CH", "044 668 18 00 - 079 123 45 67", everywhere: ["044 668 18 00", "079 123 45 67"]),
        Case("US", "(650) 253-0000(201) 555-0123", everywhere: ["(650) 253-0000", "(201) 555-0123"]),
        Case("US", "on 3/10/2011 at 2012-01-02 08:00, pp. 211-227 (2003)", everywhere: []),
        Case("US", "1-800-FLOWERS", everywhere: []),
        Case("US", "$2015550123, a2015550123", [["2015550123", "2015550123"], [], [], []]),
        // Without its national prefix, torn apart, in other groups than people write.
        Case("CH", "446681800", [["446681800"], [], [], []]),
        Case("CH", "04466 818 00", [["04466 818 00"], ["04466 818 00"], [], []]),
        Case("GB", "02070 313000", [["02070 313000"], ["02070 313000"], [], []]),
        Case("GB", "0207 031 3000", everywhere: ["0207 031 3000"]),
        Case("US", "2015550123 x12", everywhere: ["2015550123 x12"]),
        Case("US", "201 555 0123/x12", everywhere: ["201 555 0123"]),
        Case("AR", "+54 9 11 2345-6789", everywhere: ["+54 9 11 2345-6789"]),
        Case("AR", "Tel. 011 15-2345-6789", [["011 15-2345-6789"], ["011 15-2345-6789"], [], []]),
        Case("MX", "Tel. 55 1234 5678, +52 1 55 1234 5678", everywhere: ["55 1234 5678"]),
        Case("BR", "(0xx11) 96123-4567", everywhere: ["(0xx11) 96123-4567"]),
        Case("BR", "0 15 11 96123-4567", everywhere: ["0 15 11 96123-4567"]),
        Case(
            "IT", "02 3661 8300 e 2 3661 8300",
            [["02 3661 8300", "2 3661 8300"], ["02 3661 8300"], ["02 3661 8300"], ["02 3661 8300"]]),
        Case(
            "DE", "030/123456 030-12 34 56",
            [["030", "123456 030-12 34 56"], ["030/123456", "030-12 34 56"], ["030/123456"], ["030/123456"]]),
        Case("JP", "電話０３－１２３４－５６７８まで", everywhere: ["０３－１２３４－５６７８"]),
        Case("CH", "Zürich ٠٤٤ ٦٦٨ ١٨ ٠٠!", everywhere: ["٠٤٤ ٦٦٨ ١٨ ٠٠"]),
    ]

    @Test("where they stand, at each leniency", arguments: cases)
    func found(_ expected: Case) {
        for (leniency, wanted) in zip(PhoneNumberFinder.Leniency.allCases, expected.found) {
            let finder = PhoneNumberFinder(in: expected.text, region: expected.region, leniency: leniency)
            #expect(finder.map { String(finder.text[$0.range]) } == wanted, "\(leniency)")
        }
    }

    @Test("with their numbers and extensions")
    func numbers() {
        let text = "Office: 044 668 18 00 ext. 12; mobile +41 79 123 45 67"
        let found = PhoneNumberFinder(in: text, region: "CH").map(\.number)
        #expect(found.map { $0.formatted(.e164) } == ["+41446681800", "+41791234567"])
        #expect(found.map(\.extensionDigits) == ["12", nil])
    }

    @Test("one after the other, as they are asked for")
    func lazily() {
        let finder = PhoneNumberFinder(in: String(repeating: "+41 44 668 18 00, ", count: 10_000), region: nil)
        #expect(Array(finder.prefix(2)).count == 2)
        var iterator = finder.makeIterator()
        #expect(iterator.next() != nil && iterator.next() != nil)
        #expect(finder.reduce(0) { count, _ in count + 1 } == 10_000)
    }

    @Test("until too many texts were none", arguments: [(-1, 0), (0, 0), (9, 0), (10, 0), (11, 1), (.max, 1)])
    func tries(_ tries: Int, _ expected: Int) {
        let text = String(repeating: "12 ; ", count: 10) + "+41 44 668 18 00"
        #expect(PhoneNumberFinder(in: text, region: nil, maximumTries: tries).map(\.number).count == expected)
    }

    @Test(
        "where every way to read a candidate is a try",
        arguments: [
            ("12    x    5", 11), ("1  2   3x     \u{A0}\t4", 15), ("1 - 2 / 3x  -  -   4,", 23),
            ("1" + String(repeating: " ", count: 50) + "x5", 53),
        ])
    func triesOfOneCandidate(_ candidate: String, _ needed: Int) {
        for (tries, expected) in [(needed - 1, 0), (needed, 1)] {
            let finder = PhoneNumberFinder(in: candidate + " ; +41 44 668 18 00", region: nil, maximumTries: tries)
            #expect(Array(finder).count == expected)
        }
    }
}
