import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// Where a code would go, as far as the abuse guard has to know: never the number.
public struct SendRoute: Hashable, Sendable {
    /// ITU country calling code, 1...999.
    public let countryCallingCode: UInt16
    public let kind: MessageKind
    /// Parts that a text is sent in, each of which is paid for: 1...16, more count as 16.
    public let parts: Int
    let range: [UInt8]
    let block: [UInt8]

    /// To an e-mail address: no country, no range, no price.
    public static let email = Self(countryCallingCode: 0, kind: .email, range: [], block: [])

    /// - Parameters:
    ///   - range: what stands for the numbers that begin alike, such as country calling code and four digits. Hashed under the budget key
    ///     before it goes anywhere.
    ///   - block: what stands for a hundred adjacent numbers. Stays in memory, hashed as well.
    public init(countryCallingCode: UInt16, kind: MessageKind, parts: Int = 1, range: [UInt8], block: [UInt8]) {
        self.countryCallingCode = countryCallingCode
        self.kind = kind
        self.parts = min(max(parts, 1), 16)
        self.range = range
        self.block = block
    }
}

extension SendRoute: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A route as shared budgets are named by it.
struct HashedRoute: Hashable, Sendable {
    let country: UInt16
    let kind: MessageKind
    let parts: Int
    let range: BudgetName
    /// `nil` in a token, which says as little of the number as it can: a resend goes where a code went already.
    private(set) var block: BudgetName?

    init(_ route: SendRoute, _ key: BudgetKey, blocks: BudgetKey) {
        country = route.countryCallingCode
        (kind, parts) = (route.kind, route.parts)
        range = BudgetName("SPNI/v1/budget-range", route.range, key)
        block = BudgetName("SPNI/v1/budget-block", route.block, blocks)
    }

    /// The same way, in another form.
    func travelling(as kind: MessageKind, parts: Int) -> Self {
        var route = Self(country: country, kind: kind, parts: kind == .text ? min(max(parts, 1), 16) : 1, range: range)
        route.block = block
        return route
    }

    fileprivate init(country: UInt16, kind: MessageKind, parts: Int, range: BudgetName) {
        (self.country, self.kind, self.parts, self.range, block) = (country, kind, parts, range, nil)
    }
}

/// What a challenge's token says of the budgets that its first message drew on.
struct TokenRoute: Hashable, Sendable {
    static let length = 12

    let route: HashedRoute?
    let standing: Standing

    func write(to writer: inout ByteWriter) {
        writer.u16(route?.country ?? 0)
        writer.u8(route.map { $0.kind.rawValue | UInt8($0.parts - 1) << 4 } ?? 0)
        writer.u8(standing.rawValue)
        writer.u64(route?.range.value ?? 0)
    }

    init(route: HashedRoute?, standing: Standing) {
        (self.route, self.standing) = (route, standing)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let (country, kind, standing) = (try reader.u16(), try reader.u8(), try reader.u8())
        let range = BudgetName(try reader.u64())
        let parts = Int(kind >> 4) + 1
        guard let kind = MessageKind(rawValue: kind & 15), let standing = Standing(rawValue: standing) else { throw MalformedBytes() }
        route = country == 0 && kind != .email ? nil : HashedRoute(country: country, kind: kind, parts: parts, range: range)
        self.standing = standing
    }
}

/// What shows that a requester is no flood.
enum Standing: UInt8, Hashable, Sendable {
    case stranger = 0
    /// Has worked for it: goes past the limits of its network.
    case hasWorked = 1
    /// A device that has proven this number: no flood closes anything to it but the money of the day.
    case known = 2
    /// Somebody for whom the host vouches: the same.
    case vouchedFor = 3

    var isStrange: Bool { self == .stranger || self == .hasWorked }

    init(_ proof: RequesterProof?) {
        switch proof {
        // A response counts for nothing until the host's check has turned it into `passedCheck`.
        case nil, .response: self = .stranger
        case .work, .passedCheck: self = .hasWorked
        case .checkedByHost: self = .vouchedFor
        }
    }
}

/// What a shared budget is found by: 8 bytes that say nothing without the budget key.
struct BudgetName: Hashable, Sendable {
    static let length = 8
    let value: UInt64

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.length)
        writer.u64(value)
        return writer.bytes
    }

    init(_ value: UInt64) { self.value = value }

    init(_ label: StaticString, _ content: [UInt8], _ key: BudgetKey) {
        var hash = BLAKE2b(label: label, key: key.secret, length: 16)
        hash.append(content)
        value = hash.finish16().high
    }

    /// Of the network that a client's address is in: /24 of IPv4, /48 of IPv6.
    ///
    /// - Throws: ``OTPError`` with code `.requesterInvalid` for text that is no address: else each such text were a network of its own, and none
    ///   had a limit.
    init(network: String, _ key: BudgetKey) throws(OTPError) {
        guard let prefix = NetworkPrefix.bytes(of: network) else {
            throw OTPError(.requesterInvalid, "The requester's network is no IP address: give one, or nil where there is none.")
        }
        self.init("SPNI/v1/budget-network", prefix, key)
    }
}
