import PhoneNormalization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this thread alone has worked, so that the tests beside this one and the machine's other work do not count; nanoseconds.
private func worked() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

private func work(_ body: () -> Void) -> Int {
    let start = worked()
    body()
    return max(worked() - start, 1)
}

@Suite("Sixteen times the text takes about sixteen times the work")
struct LinearTimeTests {
    /// What is repeated until it fills the text, with what stands in front of it and behind it.
    struct Text: Sendable, CustomTestStringConvertible {
        let unit: String
        var start = ""
        var end = ""

        var testDescription: String { "\(start.debugDescription) \(unit.debugDescription)… \(end.debugDescription)" }

        func filling(_ bytes: Int) -> String { start + String(repeating: unit, count: bytes / unit.utf8.count) + end }
    }

    static let texts = [
        Text(unit: "1"), Text(unit: " ", start: "1", end: "x5"), Text(unit: " ", start: "1", end: "1"), Text(unit: "/"), Text(unit: "1/"),
        Text(unit: "1/ "), Text(unit: "("), Text(unit: "(1)"), Text(unit: "(1"), Text(unit: "x"), Text(unit: "1x"), Text(unit: "1xx"),
        Text(unit: "-"), Text(unit: "1 - "), Text(unit: "-", start: "1x", end: "5"), Text(unit: "- ", start: "1x", end: "5"),
        Text(unit: ",", start: "1", end: "x5"), Text(unit: ", ", start: "1 2 3", end: "ext 5"), Text(unit: "\0"), Text(unit: "1\u{301}"),
        Text(unit: "\u{301}"), Text(unit: "💬1"), Text(unit: "＋"), Text(unit: "＋1"), Text(unit: "+"), Text(unit: "1.", end: "1"),
        Text(unit: " 1..  "), Text(unit: "044 668 18 00 "), Text(unit: "0446681800", end: " x 5"), Text(unit: "1 2 3/4-5/", end: "x"),
        Text(unit: "0446681800 - 044 668 18 0 "), Text(unit: "211-227 (2003"), Text(unit: "3/10/2011 "), Text(unit: "2012-01-02 08"),
        Text(unit: "1 ext" + String(repeating: " ", count: 200)), Text(unit: "44" + String(repeating: " ", count: 230) + "y5 "),
    ]

    private static let small = 4_000

    /// Sixteen times as much may take four times as long again, for what does not fit into a cache.
    private func expectLinear(_ name: String = "", _ body: (Int) -> Void) {
        body(Self.small / 16)
        let few = work { body(Self.small) }
        let many = work { body(Self.small * 16) }
        #expect(many < few * 64 + 20_000_000, "\(name): \(few) ns for the small text, \(many) ns for the large one")
    }

    @Test("finding, at the least and the most leniency", arguments: texts)
    func finding(_ text: Text) {
        for leniency in [PhoneNumberFinder.Leniency.possible, .exactGrouping] {
            expectLinear("\(leniency)") { bytes in
                for _ in PhoneNumberFinder(in: text.filling(bytes), region: "CH", leniency: leniency) {}
            }
        }
    }

    @Test("typing", arguments: texts)
    func typing(_ text: Text) {
        expectLinear { bytes in
            var formatter = AsYouTypeFormatter(region: "CH")
            for character in text.filling(bytes) { formatter.append(character) }
        }
    }
}
