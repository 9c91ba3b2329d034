import PhoneNormalization
import Testing

@Suite("A host's own formats group its numbers")
struct CustomFormatTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let format: CustomNumberFormat
        /// E.164, international, national, RFC 3966.
        let written: [String]

        var testDescription: String { "\(text) as \(format.template)" }
    }

    static let cases = [
        Case(
            text: "+12015550123", format: CustomNumberFormat(groups: [3...3, 3...3, 4...4], template: "($1) $2-$3"),
            written: ["+1(201) 555-0123", "+1 (201) 555-0123", "(201) 555-0123", "tel:+1-201-555-0123"]),
        Case(
            text: "+12015550123",
            format: CustomNumberFormat(groups: [3...3, 3...3, 4...4], template: "$1.$2.$3", nationalPrefixRule: "$NP ($FG)"),
            written: ["+1201.555.0123", "+1 201.555.0123", "1 (201).555.0123", "tel:+1-201-555-0123"]),
        Case(
            text: "+442070313000",
            format: CustomNumberFormat(
                leadingDigits: ["2"], groups: [2...2, 4...4, 4...4], template: "$1 $2 $3", nationalPrefixRule: "($NP$FG)"),
            written: ["+4420 7031 3000", "+44 20 7031 3000", "(020) 7031 3000", "tel:+44-20-7031-3000"]),
        Case(
            text: "+442070313000",
            format: CustomNumberFormat(leadingDigits: ["7"], groups: [2...2, 4...4, 4...4], template: "$1 $2 $3"),
            written: ["+442070313000", "+44 2070313000", "2070313000", "tel:+44-2070313000"]),
        Case(
            text: "+390236618300",
            format: CustomNumberFormat(groups: [2...2, 4...4, 4...4], template: "$1-$2-$3", nationalPrefixRule: "$NP$FG"),
            written: ["+3902-3661-8300", "+39 02-3661-8300", "02-3661-8300", "tel:+39-02-3661-8300"]),
        Case(
            text: "+4930123456 x7",
            format: CustomNumberFormat(groups: [1...3, 1...3, 1...3], template: "$3 $2 $1", nationalPrefixRule: "$NP$FG"),
            written: ["+4956 234 301 ext. 7", "+49 56 234 301 ext. 7", "056 234 301 ext. 7", "tel:+49-56-234-301;ext=7"]),
        Case(
            text: "+5491123456789",
            format: CustomNumberFormat(
                leadingDigits: ["9"], groups: [1...1, 2...2, 4...4, 4...4], template: "$2 15 $3-$4", nationalPrefixRule: "$NP$FG"),
            written: ["+5411 15 2345-6789", "+54 11 15 2345-6789", "011 15 2345-6789", "tel:+54-11-15-2345-6789"]),
    ]

    @Test("in every format of the library", arguments: cases)
    func written(_ expected: Case) throws {
        let number = try PhoneNumber(parsing: expected.text, region: nil)
        let written = [PhoneNumber.Format.e164, .international, .national, .rfc3966].map { number.formatted($0, using: [expected.format]) }
        #expect(written == expected.written)
    }

    @Test("the first that fits, wherever it stands")
    func first() throws {
        let number = try PhoneNumber(parsing: "+4930123456", region: nil)
        let formats = [
            CustomNumberFormat(leadingDigits: ["89", "40"], groups: [2...2, 3...9], template: "$1|$2"),
            CustomNumberFormat(groups: [2...2, 3...5], template: "$1:$2"),
            CustomNumberFormat(leadingDigits: ["40", "30"], groups: [2...2, 3...9], template: "$1/$2"),
        ]
        #expect(number.formatted(.international, using: formats) == "+49 30/123456")
        #expect(number.formatted(.national, using: []) == "30123456")
    }
}
