import CryptoPrimitives
import IdentityTypes
import RecordStorage

/// Where a code would go, as far as the abuse guard has to know: never the number.
public struct SendRoute: Hashable, Sendable {
    /// ITU country calling code, 1...999.
    public let countryCallingCode: UInt16
    public let kind: MessageKind
    let range: [UInt8]
    let block: [UInt8]

    /// - Parameters:
    ///   - range: what stands for the numbers that begin alike, such as country calling code and four digits. Hashed under the budget key
    ///     before it goes anywhere.
    ///   - block: what stands for a hundred adjacent numbers. Stays in memory, hashed as well.
    public init(countryCallingCode: UInt16, kind: MessageKind, range: [UInt8], block: [UInt8]) {
        self.countryCallingCode = countryCallingCode
        self.kind = kind
        self.range = range
        self.block = block
    }
}

extension SendRoute: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A route as a token carries it and shared budgets are named by it.
struct HashedRoute: Hashable, Sendable {
    static let length = 19

    let country: UInt16
    let kind: MessageKind
    let range: BudgetName
    let block: BudgetName

    init(_ route: SendRoute, _ key: BudgetKey) {
        country = route.countryCallingCode
        kind = route.kind
        range = BudgetName("SPNI/v1/budget-range", route.range, key)
        block = BudgetName("SPNI/v1/budget-block", route.block, key)
    }

    func write(to writer: inout ByteWriter) {
        writer.u16(country)
        writer.u8(kind.rawValue)
        writer.fixed(range.bytes)
        writer.fixed(block.bytes)
    }

    /// - Returns: `nil` where there is none: all zeros.
    static func read(from reader: inout ByteReader) throws(MalformedBytes) -> HashedRoute? {
        let (country, kind) = (try reader.u16(), try reader.u8())
        let (range, block) = (
            BudgetName(bytes: try reader.fixed(BudgetName.length)), BudgetName(bytes: try reader.fixed(BudgetName.length))
        )
        guard let kind = MessageKind(rawValue: kind) else { throw MalformedBytes() }
        return country == 0 ? nil : HashedRoute(country: country, kind: kind, range: range, block: block)
    }

    private init(country: UInt16, kind: MessageKind, range: BudgetName, block: BudgetName) {
        (self.country, self.kind, self.range, self.block) = (country, kind, range, block)
    }
}

/// What a shared budget is found by: 8 bytes that say nothing without the budget key.
struct BudgetName: Hashable, Sendable {
    static let length = 8
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ label: StaticString, _ content: [UInt8], _ key: BudgetKey) {
        var hash = BLAKE2b(label: label, key: key.secret, length: 16)
        hash.append(content)
        bytes = Array(hash.finish().prefix(Self.length))
    }

    /// Of the network that a client's address is in: /24 of IPv4, /48 of IPv6. Text that is no address stands for itself.
    init(network: String, _ key: BudgetKey) {
        self.init("SPNI/v1/budget-network", NetworkPrefix.bytes(of: network) ?? Array(network.utf8), key)
    }
}
