import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct RightHistoryTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let operations: [Operation]

        init(_ name: String, _ operations: [Operation]) {
            testDescription = name
            self.operations = operations
        }
    }

    static let cases: [Case] = [
        Case("nothing at all", []),
        Case(
            "a life from claim to deletion",
            [
                .read(.x, nil, at: 1...2), .commit(.claim(.x, 1), at: 3...4), .read(.x, 1, at: 5...6), .commit(.put(.x, 1, 2), at: 7...8),
                .read(.x, 2, at: 9...10), .commit(.delete(.x, 2), at: 11...12), .read(.x, nil, at: 13...14),
                .commit(.claim(.x, 3), at: 15...16), .read(.x, 3, at: 17...18),
            ]),
        Case(
            "reads beside a commit may see either state",
            [
                .commit(.claim(.x, 1), at: 1...2), .commit(.put(.x, 1, 2), at: 3...10), .read(.x, 2, at: 4...5), .read(.x, 2, at: 6...7),
                .read(.x, 1, at: 3...8),
            ]),
        Case(
            "a reader may see part of a commit",
            [
                .commit(.claim(.x, 1), .claim(.y, 2), at: 1...2), .commit(.put(.x, 1, 3), .put(.y, 2, 4), at: 3...10),
                .read(.x, 3, at: 4...5), .read(.y, 2, at: 6...7), .reads([.x, .y], [.at(.x, 3), .at(.y, 2)], at: 8...9),
            ]),
        Case(
            "commits without a common key may take effect in another order than time's",
            [
                .commit(.claim(.x, 1), .claim(.y, 2), at: 1...2), .commit(.check(.x, 1), .put(.y, 2, 5), at: 3...20),
                .commit(.put(.x, 1, 3), at: 4...5), .commit(.check(.x, 3), .claim(.z, 6), at: 6...7),
            ]),
        Case(
            "a refusal needs no reason",
            [
                .commit(.claim(.x, 1), at: 1...2), .commit(.put(.x, 1, 2), at: 3...4, .refused(.conflict)),
                .commit(.put(.x, 1, 3), at: 5...6, .refused(.cancelled)), .commit(.delete(.x, 1), at: 7...8, .refused(.unavailable)),
                .read(.x, 1, at: 9...10),
            ]),
        Case(
            "an unknown commit lands long after, or never",
            [
                .commit(.claim(.x, 1), at: 1...2, .unknown), .commit(.claim(.y, 2), at: 3...4, .unknown), .read(.x, nil, at: 5...6),
                .read(.x, 1, at: 7...8), .read(.y, nil, at: 9...10),
            ]),
        Case(
            "an unknown deletion explains why a record went",
            [
                .commit(.claim(.x, 1), at: 1...2), .commit(.delete(.x, 1), at: 3...4, .unknown), .read(.x, 1, at: 5...6),
                .read(.x, nil, at: 7...8), .commit(.claim(.x, 2), at: 9...10),
            ]),
        Case(
            "an unknown put and an unknown deletion of it explain it together",
            [
                .commit(.claim(.x, 1), at: 1...2), .commit(.put(.x, 1, 2), at: 3...4, .unknown),
                .commit(.delete(.x, 2), at: 5...6, .unknown), .read(.x, 1, at: 7...8), .read(.x, nil, at: 9...10),
            ]),
        Case(
            "an unknown commit shows by what was built on it",
            [.commit(.claim(.x, 1), at: 1...2, .unknown), .commit(.put(.x, 1, 2), at: 3...4), .read(.x, 2, at: 5...6)]),
        Case(
            "the same commit sent again counts once",
            [
                .commit(.claim(.x, 1), at: 1...2, .unknown), .commit(.claim(.x, 1), at: 3...4, .refused(.conflict)),
                .read(.x, 1, at: 5...6),
                .commit(.put(.x, 1, 2), at: 7...8, .unknown), .commit(.put(.x, 1, 2), at: 9...10), .read(.x, 2, at: 11...12),
            ]),
        Case(
            "a version that was refused may be drawn again by the same task",
            [
                .commit(.claim(.x, 1), .claim(.y, 2), at: 1...2, .refused(.conflict)), .commit(.claim(.x, 1), at: 3...4),
                .read(.x, 1, at: 5...6),
            ]),
        Case(
            "what a range may lack",
            [
                .commit(.claim(.x, 1), .claim(.y, 2), at: 1...2), .range(limit: 1, .at(.x, 1), at: 3...4),
                .range(after: [1], .at(.y, 2), at: 5...6), .range(after: [2], at: 7...8), .range(limit: 0, at: 9...10),
                .commit(.delete(.x, 1), at: 11...14), .range(.at(.y, 2), at: 12...13), .range(.at(.x, 1), .at(.y, 2), at: 11...15),
                .range(.at(.y, 2), at: 16...17),
            ]),
        Case(
            "lives whose order only other commits tell",
            [
                .commit(.claim(.x, 1), at: 1...20), .commit(.delete(.x, 1), at: 2...21), .commit(.claim(.x, 2), at: 3...22),
                .commit(.delete(.x, 2), at: 4...23), .commit(.claim(.x, 3), at: 5...24), .read(.x, 3, at: 30...31),
            ]),
        Case(
            "lives whose order only a key beside them tells",
            [
                .commit(.claim(.x, 1), .claim(.y, 11), at: 1...20), .commit(.delete(.x, 1), at: 2...21),
                .commit(.claim(.x, 2), .claim(.z, 12), at: 3...22), .commit(.delete(.x, 2), .put(.y, 11, 13), at: 4...23),
            ]),
    ]

    @Test(arguments: cases)
    func `What the contract allows is no violation`(_ history: Case) {
        #expect(RecordHistory(history.operations).violation() == nil)
        #expect(RecordHistory(history.operations.reversed()).violation() == nil, "the order of the list tells nothing")
    }
}
