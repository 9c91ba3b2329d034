import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct RandomHistoryTests {
    private static let keys: [RecordKey] = [
        .x, .y, .z, RecordKey(partition: RecordKey.x.partition, collection: RecordKey.x.collection, row: [9]),
    ]

    private func model(_ seed: UInt64) -> HistoryModel {
        HistoryModel(seed: seed, keys: Self.keys, commits: 60, reads: 80, width: [20, 100, 400][Int(seed % 3)])
    }

    @Test func `Histories of a store that keeps the contract are right`() {
        for seed in UInt64(0)..<150 {
            let violation = model(seed).history.violation()
            #expect(violation == nil, "seed \(seed)")
        }
    }

    @Test(arguments: HistoryCorruption.allCases)
    func `One wrong answer among a hundred is found where it shows`(_ corruption: HistoryCorruption) {
        var (all, found, visible, foundVisible) = (0, 0, 0, 0)
        for seed in UInt64(0)..<90 {
            guard let (history, isVisible) = corruption.applied(to: model(seed)) else { continue }
            let isFound = history.violation() != nil
            all += 1
            if isFound { found += 1 }
            if isVisible { visible += 1 }
            if isFound, isVisible { foundVisible += 1 }
        }
        #expect(visible > 15, "\(visible) of \(all) corruptions show")
        #expect(foundVisible == visible, "\(foundVisible) of \(visible)")
        #expect(found * 10 > all * 3, "\(found) of \(all), of which \(visible) are known to show")
    }

    @Test func `Small histories are judged as by trying every order`() {
        var (right, wrong) = (0, 0)
        for seed in UInt64(0)..<3000 {
            let keys = Array(Self.keys.prefix(1 + Int(seed % 3)))
            let model = HistoryModel(
                seed: seed, keys: keys, commits: 5, reads: 4, width: [100, 300, 900][Int(seed / 3 % 3)], unknown: seed % 4 == 0 ? 30 : 0)
            let corruptions: [HistoryCorruption] = [.anotherVersion, .nothingFound, .rowMissing, .calledMade, .olderExpectation]
            let corruption = corruptions[Int(seed / 9) % corruptions.count]
            let history = seed % 4 == 0 ? model.history : corruption.applied(to: model)?.history ?? model.history
            let isRight = HistorySearch.isRight(history)
            let violation = history.violation()
            if isRight { right += 1 } else { wrong += 1 }
            #expect(isRight == (violation == nil), "seed \(seed): \(violation?.description ?? "right"), \(history.operations)")
        }
        #expect(right > 300 && wrong > 300, "\(right) right, \(wrong) wrong")
    }
}
