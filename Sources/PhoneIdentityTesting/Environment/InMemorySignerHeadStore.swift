public import AuditLog
import Synchronization

/// A log signer's memory for tests: it lasts as long as the value, and a test may set it back.
public final class InMemorySignerHeadStore: SignerHeadStore {
    private let value = Mutex<TreeHead?>(nil)

    public init() {}

    public var current: TreeHead? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }

    public func head() async throws(AuditError) -> TreeHead? { current }

    public func move(from old: TreeHead?, to new: TreeHead) async throws(AuditError) -> Bool {
        value.withLock { value in
            guard value == old else { return false }
            value = new
            return true
        }
    }
}
