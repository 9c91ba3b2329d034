import IdentityTypes
import RecordStorage

extension MessageDelivery {
    static let collection: RecordCollection = "delivery"

    /// Days since 1970, UTC u32 ‖ owner 16 ‖ send u8: a day's rows come together.
    static func row(_ name: MessageName, on day: UInt32) -> [UInt8] {
        var writer = ByteWriter(capacity: 21)
        writer.u32(day)
        writer.fixed(name.owner)
        writer.u8(UInt8(name.send))
        return writer.bytes
    }

    static func key(_ name: MessageName, _ day: UInt32, _ partitions: PartitionCount) -> RecordKey {
        RecordKey(partition: partitions.partition(of: name.owner), collection: collection, row: row(name, on: day))
    }

    static func day(of time: Timestamp) -> UInt32 { UInt32(clamping: time.milliseconds / 86_400_000) }

    func key(_ partitions: PartitionCount) -> RecordKey { Self.key(name, Self.day(of: recordedAt), partitions) }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 120)
        writer.u8(1)
        writer.u16(purpose.rawValue)
        writer.prefixed(channel.rawValue)
        writer.u16(countryCallingCode)
        writer.prefixed(region)
        writer.prefixed(numberClass)
        writer.u64(range)
        writer.time(recordedAt)
        writer.u8(UInt8(clamping: parts))
        writer.i64(cost.micros)
        writer.prefixed(route)
        writer.prefixed(state.name)
        writer.prefixed(state.cause?.rawValue ?? "")
        writer.time(changedAt)
        writer.prefixed(providerCode)
        writer.optional(completedAt) { $0.time($1) }
        writer.u8(UInt8(clamping: names))
        writer.u8(UInt8(clamping: namesDelivered))
        return writer.bytes
    }

    init(_ record: StoredRecord) throws(StorageError) {
        let row = record.key.row
        self = try decodeRecord(record) { reader throws(MalformedBytes) in try MessageDelivery(row, from: &reader) }
    }

    private init(_ row: [UInt8], from reader: inout ByteReader) throws(MalformedBytes) {
        guard row.count == 21, try reader.u8() == 1, let purpose = PurposeCode(rawValue: try reader.u16()),
            let channel = OutboundMessage.Channel(rawValue: try reader.text(atMost: 16))
        else { throw MalformedBytes() }
        name = MessageName(owner: Array(row[4..<20]), send: Int(row[20]))
        (self.purpose, self.channel) = (purpose, channel)
        countryCallingCode = try reader.u16()
        region = try reader.text(atMost: 8)
        numberClass = try reader.text(atMost: 32)
        range = try reader.u64()
        recordedAt = try reader.time()
        parts = Int(try reader.u8())
        cost = Money(micros: try reader.i64())
        route = try reader.text(atMost: 32)
        let (name, cause) = (try reader.text(atMost: 16), try reader.text(atMost: 32))
        guard let state = DeliveryState(name, cause) else { throw MalformedBytes() }
        self.state = state
        changedAt = try reader.time()
        providerCode = try reader.text(atMost: 32)
        completedAt = try reader.optional { reader throws(MalformedBytes) in try reader.time() }
        (names, namesDelivered) = (Int(try reader.u8()), Int(try reader.u8()))
    }
}

extension DeliveryState {
    fileprivate init?(_ name: String, _ cause: String) {
        let cause = ProviderRefusal.Cause(rawValue: cause)
        switch (name, cause) {
        case ("handing-over", nil): self = .handingOver
        case ("handed-over", nil): self = .handedOver
        case ("delivered", nil): self = .delivered
        case ("unknown", nil): self = .unknown
        case ("failed", let cause?): self = .failed(cause)
        case ("not-sent", let cause?): self = .notSent(cause)
        default: return nil
        }
    }
}

/// What a gateway's own name of a message leads to: the delivery, or a receipt that came before the gateway's answer did.
///
/// Its row is a keyed hash of route and name: whoever has the store and the gateway's logs finds nobody's number by it.
enum GatewayName: Hashable, Sendable {
    case delivery(MessageName, day: UInt32, isSettled: Bool)
    case early(DeliveryReceipt.Status, providerCode: String)

    static let collection: RecordCollection = "gateway"

    /// u8 1 ‖ kind u8: 1, owner 16 ‖ send u8 ‖ day u32 ‖ settled u8; 2, LP(status) ‖ LP(provider's code).
    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 32)
        writer.u8(1)
        switch self {
        case .delivery(let name, let day, let isSettled):
            writer.u8(1)
            writer.fixed(name.owner)
            writer.u8(UInt8(name.send))
            writer.u32(day)
            writer.bool(isSettled)
        case .early(let status, let providerCode):
            writer.u8(2)
            switch status {
            case .underWay: writer.prefixed("")
            case .delivered: writer.prefixed("delivered")
            case .failed(let cause): writer.prefixed(cause.rawValue)
            }
            writer.prefixed(providerCode)
        }
        return writer.bytes
    }

    init(_ record: StoredRecord) throws(StorageError) {
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            switch try reader.u8() {
            case 1:
                let name = MessageName(owner: try reader.fixed(16), send: Int(try reader.u8()))
                return .delivery(name, day: try reader.u32(), isSettled: try reader.bool())
            case 2:
                let status: DeliveryReceipt.Status
                switch try reader.text(atMost: 32) {
                case "": status = .underWay
                case "delivered": status = .delivered
                case let name:
                    guard let cause = ProviderRefusal.Cause(rawValue: name) else { throw MalformedBytes() }
                    status = .failed(cause)
                }
                return .early(status, providerCode: try reader.text(atMost: 32))
            default: throw MalformedBytes()
            }
        }
    }
}
