import Measuring
import RecordStorage

extension RecordChange {
    /// A new record of an identity store's size, anywhere: a row of 16 bytes, a value of 200.
    public static func claim(_ numbers: inout Numbers) -> RecordChange {
        let row = numbers.identifier()
        return .put(
            RecordKey(partition: PartitionCount.standard.partition(of: row), collection: "benchmark", row: row), expecting: nil,
            version: RecordVersion(bytes: numbers.identifier())!, value: [UInt8](repeating: 0x61, count: 200),
            expiresAt: Timestamp(milliseconds: 1_900_000_000_000))
    }
}
