#if Processes
    import RecordStorage

    /// What the two ends tell each other about the connection, in frames with id 0.
    ///
    /// The client's first frame is its role's name: UTF-8, 1...32 bytes. The server answers with a welcome (u8 1), and may at any time say that it is
    /// closing: u8 2 ‖ u8 reason ‖ u64 the highest request id it has begun. Whatever has a higher id was not carried out.
    enum Greeting: Hashable, Sendable {
        case welcome
        case closing(ClosingReason, lastBegun: UInt64)

        static let longestRole = 32

        /// - Returns: `nil` for bytes that are no role.
        static func role(in payload: [UInt8]) -> String? {
            guard (1...longestRole).contains(payload.count) else { return nil }
            return String(validating: payload, as: UTF8.self)
        }

        var frame: Frame {
            var writer = ByteWriter()
            switch self {
            case .welcome: writer.u8(1)
            case .closing(let reason, let lastBegun):
                writer.u8(2)
                writer.u8(reason.rawValue)
                writer.u64(lastBegun)
            }
            return Frame(id: 0, payload: writer.bytes)
        }

        init(_ payload: [UInt8]) throws(MalformedBytes) {
            var reader = ByteReader(payload)
            switch try reader.u8() {
            case 1: self = .welcome
            case 2:
                guard let reason = ClosingReason(rawValue: try reader.u8()) else { throw MalformedBytes() }
                self = .closing(reason, lastBegun: try reader.u64())
            default: throw MalformedBytes()
            }
            try reader.finish()
        }
    }

    /// Why a server closes a connection that it can still write to.
    enum ClosingReason: UInt8, Sendable {
        case roleNotAllowed = 1
        case tooManyConnections = 2
        case stopping = 3
        case idle = 4
        case malformed = 5
        case defect = 6
    }
#endif
