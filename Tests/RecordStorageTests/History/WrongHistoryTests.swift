import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct WrongHistoryTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let kind: HistoryViolation.Kind
        /// The operations that are named.
        let named: Set<Int>
        let operations: [Operation]

        init(_ name: String, _ kind: HistoryViolation.Kind, _ named: Set<Int>, _ operations: [Operation]) {
            testDescription = name
            self.kind = kind
            self.named = named
            self.operations = operations
        }
    }

    private static let given: [Operation] = [.commit(.claim(.x, 1), .claim(.y, 2), at: 1...2)]

    static let cases: [Case] = [
        Case(
            "two replacements of one version", .lostUpdate, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...5), .commit(.put(.x, 1, 4), at: 4...6)]),
        Case(
            "a replacement and a deletion of one version", .lostUpdate, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...5), .commit(.delete(.x, 1), at: 4...6)]),
        Case("one commit acknowledged twice", .lostUpdate, [0, 1], given + [.commit(.claim(.x, 1), .claim(.y, 2), at: 3...4)]),
        Case("two winners of one claim", .twoWinners, [0, 1], given + [.commit(.claim(.x, 3), at: 3...4)]),
        Case(
            "two claims that overlap, both deleted", .twoWinners, [0, 1],
            given + [
                .commit(.claim(.x, 3), at: 3...4), .read(.x, 1, at: 5...6), .commit(.delete(.x, 1), at: 7...8),
                .commit(.delete(.x, 3), at: 9...10),
            ]),
        Case(
            "a stale read after an acknowledged commit", .staleRead, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...4), .read(.x, 1, at: 5...6), .read(.x, 3, at: 7...8)]),
        Case(
            "a stale row of a range", .staleRead, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...4), .range(limit: 1, .at(.x, 1), at: 5...6)]),
        Case(
            "a read of a refused commit", .refusedCommitLanded, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...4, .refused(.conflict)), .read(.x, 3, at: 5...6)]),
        Case(
            "a commit that was called cancelled and landed", .refusedCommitLanded, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...4, .refused(.cancelled)), .commit(.put(.x, 3, 4), at: 5...6)]),
        Case(
            "a deletion that was called unavailable and landed", .refusedCommitLanded, [1],
            given + [.commit(.delete(.x, 1), at: 3...4, .refused(.unavailable)), .read(.x, nil, at: 5...6)]),
        Case(
            "a claim where a refused deletion landed", .refusedCommitLanded, [1],
            given + [.commit(.delete(.x, 1), at: 3...4, .refused(.cancelled)), .commit(.claim(.x, 3), at: 5...6)]),
        Case(
            "write skew through checks", .notSerializable, [1, 2],
            given + [.commit(.check(.x, 1), .put(.y, 2, 3), at: 3...5), .commit(.check(.y, 2), .put(.x, 1, 4), at: 4...6)]),
        Case(
            "a circle of three commits", .notSerializable, [2, 3, 4],
            given + [
                .commit(.claim(.z, 9), at: 3...4), .commit(.check(.x, 1), .put(.y, 2, 3), at: 5...8),
                .commit(.check(.y, 2), .put(.z, 9, 10), at: 6...9), .commit(.check(.z, 9), .put(.x, 1, 4), at: 7...10),
            ]),
        Case(
            "a claim that needs a deletion that needs it", .notSerializable, [2, 3],
            given + [
                .commit(.claim(.z, 9), at: 3...4), .commit(.check(.x, 1), .claim(.z, 3), at: 5...8),
                .commit(.put(.x, 1, 4), .delete(.z, 9), at: 6...9),
            ]),
        Case(
            "two lives that can be in neither order", .notSerializable, [2, 3],
            given + [
                .commit(.check(.y, 2), .claim(.z, 11), at: 3...20), .commit(.put(.x, 1, 3), .delete(.z, 11), at: 4...21),
                .commit(.check(.x, 1), .claim(.z, 12), at: 5...22), .commit(.put(.y, 2, 4), .delete(.z, 12), at: 6...23),
            ]),
        Case(
            "half a commit that lasts", .halfCommit, [1, 3],
            given + [.commit(.put(.x, 1, 3), .put(.y, 2, 4), at: 3...4), .read(.x, 3, at: 5...6), .read(.y, 2, at: 7...8)]),
        Case(
            "half a claim of two keys", .halfCommit, [0, 1],
            [.commit(.claim(.x, 1), .claim(.y, 2), at: 1...2), .read(.y, nil, at: 3...4), .read(.x, 1, at: 5...6)]),
        Case("an acknowledged commit that vanished", .vanished, [0, 1], [.commit(.claim(.x, 1), at: 1...2), .read(.x, nil, at: 3...4)]),
        Case(
            "a record that was seen and vanished", .vanished, [1, 2],
            [.commit(.claim(.x, 1), at: 1...9), .read(.x, 1, at: 2...3), .read(.x, nil, at: 4...5)]),
        Case(
            "a late landing that overwrites a replacement", .lateOverwrite, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...4, .unknown), .commit(.put(.x, 1, 4), at: 5...6), .read(.x, 3, at: 7...8)]),
        Case(
            "a late claim that overwrites another", .lateOverwrite, [0, 1],
            [.commit(.claim(.x, 1), at: 1...2, .unknown), .commit(.claim(.x, 2), at: 3...4), .read(.x, 1, at: 5...6)]),
        Case(
            "a deletion undone", .deletionUndone, [1, 2], given + [.commit(.delete(.x, 1), at: 3...4), .read(.x, 1, at: 5...6)]),
        Case(
            "a range that misses a record that stayed", .missedByRange, [0, 1, 2],
            given + [.range(.at(.y, 2), at: 3...4), .commit(.delete(.x, 1), at: 5...6)]),
        Case(
            "a range that misses the last record", .missedByRange, [0, 2],
            given + [.read(.y, 2, at: 3...4), .range(.at(.x, 1), at: 5...6)]),
        Case(
            "reads that go back", .nonMonotonicRead, [2, 3],
            given + [.commit(.put(.x, 1, 3), at: 3...9), .read(.x, 3, at: 4...5), .read(.x, 1, at: 6...7)]),
        Case(
            "a record that goes and comes back", .nonMonotonicRead, [0, 2, 3],
            given + [.commit(.delete(.x, 1), at: 3...9), .read(.x, nil, at: 4...5), .read(.x, 1, at: 6...7)]),
        Case(
            "a check of what was over", .staleExpectation, [1, 2],
            given + [.commit(.put(.x, 1, 3), at: 3...4), .commit(.check(.x, 1), at: 5...6)]),
        Case(
            "a read of a commit that has not begun", .foreseen, [1, 2],
            given + [.read(.x, 3, at: 3...4), .commit(.put(.x, 1, 3), at: 5...6)]),
        Case(
            "two versions that replaced each other", .foreseen, [0, 1],
            [.commit(.put(.x, 2, 1), at: 1...10), .commit(.put(.x, 1, 2), at: 2...11)]),
        Case("a version from nowhere", .unknownVersion, [1], given + [.read(.x, 9, at: 3...4)]),
        Case("a commit on a version from nowhere", .unknownVersion, [1], given + [.commit(.put(.x, 9, 10), at: 3...4)]),
        Case("a version in two commits", .reusedVersion, [0, 1], given + [.commit(.put(.x, 2, 1), at: 3...4)]),
        Case("an answer too few", .malformedAnswer, [1], given + [.reads([.x, .y], [.at(.x, 1)], at: 3...4)]),
        Case("another key's record", .malformedAnswer, [1], given + [.reads([.x], [.at(.y, 2)], at: 3...4)]),
        Case("a range out of order", .malformedAnswer, [1], given + [.range(.at(.y, 2), .at(.x, 1), at: 3...4)]),
        Case("a record twice", .malformedAnswer, [1], given + [.range(.at(.x, 1), .at(.x, 1), .at(.y, 2), at: 3...4)]),
        Case("a range from before its start", .malformedAnswer, [1], given + [.range(after: [1], .at(.x, 1), .at(.y, 2), at: 3...4)]),
        Case("more records than asked for", .malformedAnswer, [1], given + [.range(limit: 1, .at(.x, 1), .at(.y, 2), at: 3...4)]),
        Case("a record of another partition", .malformedAnswer, [1], given + [.range(.at(.z, 1), at: 3...4)]),
        Case(
            "another value than was put", .malformedAnswer, [1],
            given + [.reads([.x], [StoredRecord(key: .x, version: v(1), value: [99], expiresAt: nil)], at: 3...4)]),
        Case(
            "another expiry than was put", .malformedAnswer, [1],
            given + [.reads([.x], [StoredRecord(key: .x, version: v(1), value: [1], expiresAt: Timestamp(milliseconds: 1))], at: 3...4)]),
    ]

    @Test(arguments: cases)
    func `A breach is found and named`(_ history: Case) throws {
        let violation = try #require(RecordHistory(history.operations).violation())
        #expect(violation.kind == history.kind, "\(violation)")
        #expect(Set(violation.operations) == history.named, "\(violation)")
        for operation in history.named { #expect(violation.reason.contains("\(operation)"), "\(violation)") }
    }

    @Test func `Every kind of breach has its history`() {
        #expect(Set(Self.cases.map(\.kind)) == Set(HistoryViolation.Kind.allCases))
    }
}
