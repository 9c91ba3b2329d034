#if SMPP
    /// Messages of which nobody knows whether the message centre took them, until a receipt echoes their reference.
    ///
    /// The reference has 16 bits only, and receipts of other messages bear the same one: so the receipt must also come from where the message went. The oldest
    /// go first when there are too many.
    struct UnknownOutcomes {
        private struct Entry {
            let reference: UInt16
            let recipient: UInt64
            let key: String
            var isSettled = false
        }

        private let limit: Int
        private var entries: [UInt64: Entry] = [:]
        private var byReference: [UInt16: [UInt64]] = [:]
        private var oldest: UInt64 = 0
        private var next: UInt64 = 0

        init(limit: Int = 10_000) { self.limit = limit }

        var count: Int { entries.count }

        mutating func note(_ tags: MessageTags) {
            guard fitting(tags.reference, tags.recipient).allSatisfy({ entries[$0]?.key != tags.key }) else { return }
            while entries.count >= limit { forgetOldest() }
            entries[next] = Entry(reference: tags.reference, recipient: tags.recipient, key: tags.key)
            byReference[tags.reference, default: []].append(next)
            next += 1
        }

        /// What a receipt is for.
        ///
        /// - Returns: the message's own key, and whether it is the first receipt that says so; `nil` where none fits, or several do.
        mutating func settle(reference: UInt16, recipient: UInt64) -> (key: String, isFirst: Bool)? {
            let fitting = fitting(reference, recipient)
            guard fitting.count == 1, let entry = entries[fitting[0]] else { return nil }
            entries[fitting[0]]?.isSettled = true
            return (entry.key, !entry.isSettled)
        }

        private func fitting(_ reference: UInt16, _ recipient: UInt64) -> [UInt64] {
            (byReference[reference] ?? []).filter { entries[$0]?.recipient == recipient }
        }

        private mutating func forgetOldest() {
            defer { oldest += 1 }
            guard let entry = entries.removeValue(forKey: oldest) else { return }
            byReference[entry.reference]?.removeAll { $0 == oldest }
            if byReference[entry.reference]?.isEmpty == true { byReference[entry.reference] = nil }
        }
    }
#endif
