package import CryptoPrimitives
import IdentityTypes
package import RecordStorage

/// Keeps what is known of each message: recorded before it is handed over, and settled by what the gateway answers, by receipts, or by time.
package struct DeliveryLedger: Sendable {
    package static let expiringCollections = [MessageDelivery.collection, GatewayName.collection]
    /// How long a delivery is kept for a support desk and for reports.
    static let life: Duration = .seconds(35 * 86_400)
    /// How long receipts come for a message.
    private static let receiptLife: Duration = .seconds(8 * 86_400)
    /// How long a receipt is kept whose message is not known here: of another system's, or of one whose gateway has not answered yet.
    private static let earlyLife: Duration = .seconds(3_600)

    let store: any RecordStore
    let partitions: PartitionCount
    let time: any TimeSource
    private let random: any RandomSource
    private let retry = ConflictRetry()
    private let key: Key

    /// Names gateways' messages.
    private final class Key: Sendable {
        let secret: SecretBytes
        init(_ secret: consuming SecretBytes) { self.secret = secret }
    }

    /// - Parameter key: 32 bytes, the same for all hosts of a deployment.
    package init(
        store: any RecordStore, partitions: PartitionCount, key: consuming SecretBytes, time: any TimeSource, random: any RandomSource
    ) {
        (self.store, self.partitions, self.time, self.random) = (store, partitions, time, random)
        self.key = Key(key)
    }

    /// A delivery as a commit left it.
    package struct Entry: Sendable {
        package fileprivate(set) var delivery: MessageDelivery
        fileprivate var record: StoredRecord
    }

    // MARK: Handing over

    /// Records that a message is about to be handed over. Only then it may be.
    package func begin(_ message: OutboundMessage) async throws(StorageError) -> Entry {
        let now = time.now()
        let delivery = MessageDelivery(message, at: now)
        var commit = StagedCommit(random: random)
        let record = commit.put(delivery.encoded, at: delivery.key(partitions), replacing: nil, expiresAt: now + Self.life)
        try await commit.commit(to: store)
        return Entry(delivery: delivery, record: record)
    }

    /// Records that a gateway has taken it, and under which names receipts will come.
    ///
    /// - Returns: what is known now: a receipt may have been faster. `nil` where the record is gone.
    @discardableResult
    package func end(_ entry: Entry, with receipt: MessageReceipt) async throws(StorageError) -> MessageDelivery? {
        let names = Set(receipt.gatewayIDs.prefix(255)).map { nameKey(receipt.route, $0) }
        return try await change(entry.record.key, asLeft: entry) { delivery, commit throws(StorageError) in
            delivery.end(with: receipt, at: time.now())
            let found = names.isEmpty ? [] : try await store.records(at: names)
            for (name, record) in zip(names, found) {
                try stage(name, record, of: &delivery, route: receipt.route, nil, in: &commit)
            }
        }
    }

    /// Records that it was not handed over, or that nobody knows.
    @discardableResult
    package func end(
        _ entry: Entry, with error: TransportError, by transport: String
    ) async throws(StorageError) -> MessageDelivery? {
        try await change(entry.record.key, asLeft: entry) { delivery, _ throws(StorageError) in
            delivery.end(with: error, by: transport, at: time.now())
        }
    }

    /// Stages what a gateway's name leads to, and what is known by it of the delivery.
    ///
    /// - Parameter receipt: the one that has come just now; without it, one that may have come before.
    private func stage(
        _ name: RecordKey, _ record: StoredRecord?, of delivery: inout MessageDelivery, route: String,
        _ receipt: DeliveryReceipt?, in commit: inout StagedCommit
    ) throws(StorageError) {
        var known = (receipt?.status, receipt?.providerCode ?? "")
        var wasSettled = false
        switch try record.map({ record throws(StorageError) in try GatewayName(record) }) {
        case nil: break
        // What has arrived has, whatever comes late.
        case .early(let status, let providerCode):
            if known.0 == nil || known.0 == .underWay, status != .underWay || known.0 == nil { known = (status, providerCode) }
        // A name that a gateway uses again is its newest message's.
        case .delivery(let name, _, let isSettled): wasSettled = isSettled && name == delivery.name
        }
        if let status = known.0, !wasSettled { delivery.settle(status, of: route, providerCode: known.1, at: time.now()) }
        let isSettled = wasSettled || known.0.map { $0 != .underWay } ?? false
        let pointer = GatewayName.delivery(delivery.name, day: MessageDelivery.day(of: delivery.recordedAt), isSettled: isSettled)
        commit.put(pointer.encoded, at: name, replacing: record, expiresAt: time.now() + Self.receiptLife)
    }

    // MARK: Receipts

    /// Takes what a gateway says of a message: any number of times, in any order, also before its answer to the call that sent it.
    ///
    /// - Returns: what is known now; `nil` where the message is not known here, or not yet.
    package func receive(_ receipt: DeliveryReceipt) async throws(StorageError) -> MessageDelivery? {
        guard (1...128).contains(receipt.gatewayID.utf8.count), (1...32).contains(receipt.route.utf8.count) else { return nil }
        let gatewayKey = nameKey(receipt.route, receipt.gatewayID)
        return try await retry.run(time: time, random: random) { () async throws(StorageError) -> MessageDelivery? in
            let record = try await store.record(at: gatewayKey)
            var place: RecordKey?
            if case .delivery(let name, let day, _)? = try record.map({ record throws(StorageError) in try GatewayName(record) }) {
                place = MessageDelivery.key(name, day, partitions)
            } else if let echoed = receipt.idempotencyKey.flatMap(MessageName.init) {
                place = try await self.place(of: echoed)
            }
            var commit = StagedCommit(random: random)
            guard let place, let entry = try await entry(at: place) else {
                if receipt.status == .underWay, record != nil { return nil }
                let early = GatewayName.early(receipt.status, providerCode: receipt.providerCode)
                commit.put(early.encoded, at: gatewayKey, replacing: record, expiresAt: time.now() + Self.earlyLife)
                try await commit.commit(to: store)
                return nil
            }
            var delivery = entry.delivery
            try stage(gatewayKey, record, of: &delivery, route: receipt.route, receipt, in: &commit)
            if delivery == entry.delivery {
                commit.check(entry.record)
            } else {
                commit.put(delivery.encoded, at: place, replacing: entry.record, expiresAt: entry.record.expiresAt)
            }
            try await commit.commit(to: store)
            delivery.noteFeedback(since: entry.delivery)
            return delivery
        }
    }

    /// Records that a code of a challenge was right: its last message did what it was for.
    package func complete(_ challenge: [UInt8]) async throws(StorageError) -> MessageDelivery? {
        let today = MessageDelivery.day(of: time.now())
        for day in [today, today &- 1] {
            guard let last = try await entries(of: challenge, on: day).last else { continue }
            return try await change(last.record.key, asLeft: last) { delivery, _ throws(StorageError) in
                if delivery.completedAt == nil { delivery.completedAt = time.now() }
            }
        }
        return nil
    }

    // MARK: Reading

    /// The messages of a challenge or an order, in the order they were recorded. Looks as many days back as deliveries are kept.
    package func deliveries(of owner: [UInt8]) async throws(StorageError) -> [MessageDelivery] {
        guard owner.count == 16 else { return [] }
        let today = MessageDelivery.day(of: time.now())
        var found: [MessageDelivery] = []
        for day in (today - min(today, UInt32(Self.life.components.seconds / 86_400)))...today {
            found += try await entries(of: owner, on: day).map(\.delivery)
        }
        return found
    }

    /// Lends every delivery of a day, in no order.
    ///
    /// - Parameter day: since 1970, UTC.
    func forEach(on day: UInt32, _ body: (MessageDelivery) -> Void) async throws(StorageError) {
        var writer = ByteWriter(capacity: 4)
        writer.u32(day)
        for partition in partitions.all {
            var range = RecordRange(partition: partition, collection: MessageDelivery.collection, after: writer.bytes)
            while true {
                let page = try await store.records(in: range, limit: 500)
                let own = page.prefix { $0.key.row.starts(with: writer.bytes) }
                for record in own { body(try MessageDelivery(record)) }
                guard own.count == 500, let last = own.last else { break }
                range.after = last.key.row
            }
        }
    }

    private func entries(of owner: [UInt8], on day: UInt32) async throws(StorageError) -> [Entry] {
        let prefix = Array(MessageDelivery.row(MessageName(owner: owner, send: 0), on: day).dropLast())
        let range = RecordRange(partition: partitions.partition(of: owner), collection: MessageDelivery.collection, after: prefix)
        var entries: [Entry] = []
        for record in try await store.records(in: range, limit: 64) where record.key.row.starts(with: prefix) {
            entries.append(Entry(delivery: try MessageDelivery(record), record: record))
        }
        return entries
    }

    /// Where a message is that was handed over in the last days.
    private func place(of name: MessageName) async throws(StorageError) -> RecordKey? {
        let today = MessageDelivery.day(of: time.now())
        let keys = (0..<4).map { MessageDelivery.key(name, today &- $0, partitions) }
        return try await store.records(at: keys).compactMap { $0?.key }.first
    }

    private func entry(at key: RecordKey) async throws(StorageError) -> Entry? {
        guard let record = try await store.record(at: key) else { return nil }
        return Entry(delivery: try MessageDelivery(record), record: record)
    }

    /// Decides on a delivery as a commit left it, and after a conflict on what is there then.
    private func change(
        _ key: RecordKey, asLeft entry: Entry,
        _ decide: (inout MessageDelivery, inout StagedCommit) async throws(StorageError) -> Void
    ) async throws(StorageError) -> MessageDelivery? {
        var left: Entry? = entry
        return try await retry.run(time: time, random: random) { () async throws(StorageError) -> MessageDelivery? in
            var found = left
            left = nil
            if found == nil { found = try await self.entry(at: key) }
            guard let found else { return nil }
            var (delivery, commit) = (found.delivery, StagedCommit(random: random))
            try await decide(&delivery, &commit)
            guard delivery != found.delivery || !commit.isEmpty else { return delivery }
            if delivery == found.delivery {
                commit.check(found.record)
            } else {
                commit.put(delivery.encoded, at: key, replacing: found.record, expiresAt: found.record.expiresAt)
            }
            try await commit.commit(to: store)
            delivery.noteFeedback(since: found.delivery)
            return delivery
        }
    }

    /// The same each time a gateway brings a message: 16 bytes.
    package func inboundName(of message: InboundMessage) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/inbound-name", key: key.secret, length: 16)
        hash.append(Array(message.route.utf8))
        hash.append(Array(message.gatewayID.utf8))
        return hash.finish()
    }

    private func nameKey(_ route: String, _ gatewayID: String) -> RecordKey {
        var hash = BLAKE2b(label: "SPNI/v1/gateway-name", key: key.secret, length: 16)
        hash.append(Array(route.utf8))
        hash.append(Array(gatewayID.utf8))
        let name = hash.finish()
        return RecordKey(partition: partitions.partition(of: name), collection: GatewayName.collection, row: name)
    }
}
