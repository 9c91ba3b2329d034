import IdentityTypes
import RecordStorage

/// Which message it is: of a challenge or an order, and which of its messages. Gateways that can refuse a repeat get its text.
package struct MessageName: Hashable, Sendable {
    /// 16 bytes, spread evenly.
    package let owner: [UInt8]
    /// 1 for the first message of a challenge, and 0 of an order, which has one.
    package let send: Int

    /// - Precondition: the owner has 16 bytes.
    package init(owner: [UInt8], send: Int) {
        precondition(owner.count == 16, "A challenge and an order have names of 16 bytes.")
        (self.owner, self.send) = (owner, min(max(send, 0), 255))
    }

    /// 32 hexadecimal digits; of a challenge's message a hyphen and its number.
    package var text: String { Hexadecimal.encode(owner) + (send == 0 ? "" : "-\(send)") }

    package init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, head.utf8.count == 32, let owner = Hexadecimal.decode(String(head)) else { return nil }
        self.owner = owner
        guard parts.count == 2 else {
            send = 0
            return
        }
        guard let send = UInt8(parts[1]), send > 0, "\(send)" == parts[1] else { return nil }
        self.send = Int(send)
    }
}
