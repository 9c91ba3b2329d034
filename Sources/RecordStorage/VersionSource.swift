import Synchronization

/// Draws the versions of records, several at a time: the system's generator charges for the call. Each is handed out once.
///
/// What is drawn and not handed out yet is in memory: of a machine that is copied while it runs, one of the copies must be started anew.
package final class VersionSource: Sendable {
    private let random: any RandomSource
    private let together: Int
    private let drawn = Mutex<[RecordVersion]>([])

    /// - Parameter together: how many are drawn at once; sixteen are as many as the system gives in one call.
    package init(random: any RandomSource, together: Int = 16) {
        self.random = random
        self.together = together
    }

    func next() -> RecordVersion {
        drawn.withLock { drawn in
            if let version = drawn.popLast() { return version }
            var reader = ByteReader(random.bytes(together * RecordVersion.length))
            while let value = try? reader.bytes16() { drawn.append(RecordVersion(value)) }
            return drawn.removeLast()
        }
    }
}
