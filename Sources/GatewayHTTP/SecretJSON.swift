import CryptoPrimitives

/// A JSON document whose strings are decoded into guarded memory: gateways echo numbers and words.
///
/// Stricter than RFC 8259: no name twice in an object, no half of a surrogate pair, at most 32 levels and 4,096 values, nothing after the document.
package final class SecretJSON: Sendable {
    private enum Node {
        case object([(name: Range<Int>, value: Node)])
        case array([Node])
        case string(Range<Int>)
        /// As it is written.
        case number(Range<Int>)
        case bool(Bool)
        case null
    }

    private let decoded: SecretBytes
    private let root: Node

    package init?(_ document: UnsafeRawBufferPointer) {
        var found: Node?
        decoded = SecretBytes(count: document.count) { target in
            var parser = Parser(source: document, target: target)
            found = parser.document()
        }
        guard let found else { return nil }
        root = found
    }

    private init(_ decoded: borrowing SecretBytes, _ root: Node) {
        self.decoded = decoded.duplicate()
        self.root = root
    }

    // MARK: Reading

    private func node(_ path: [String]) -> Node? {
        decoded.withUnsafeBytes { bytes in
            var node = root
            for name in path {
                guard case .object(let members) = node, let member = members.first(where: { bytes[$0.name].elementsEqual(name.utf8) })
                else { return nil }
                node = member.value
            }
            return node
        }
    }

    /// The bytes of a string.
    package func withString<Value>(_ path: String..., body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        guard case .string(let range) = node(path) else { return nil }
        return decoded.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// A string that is no secret.
    package func string(_ path: String...) -> String? {
        guard case .string(let range) = node(path) else { return nil }
        return decoded.withUnsafeBytes { String(decoding: $0[range], as: UTF8.self) }
    }

    package func integer(_ path: String...) -> Int64? {
        guard case .number(let range) = node(path) else { return nil }
        return decoded.withUnsafeBytes { Int64(String(decoding: $0[range], as: UTF8.self)) }
    }

    package func has(_ path: String...) -> Bool { node(path) != nil }

    /// Strings that are no secret; `nil` where anything else is among them.
    package func strings(_ path: String...) -> [String]? {
        guard case .array(let nodes) = node(path) else { return nil }
        return decoded.withUnsafeBytes { bytes in
            let strings = nodes.compactMap { node -> String? in
                guard case .string(let range) = node else { return nil }
                return String(decoding: bytes[range], as: UTF8.self)
            }
            return strings.count == nodes.count ? strings : nil
        }
    }

    /// The documents in an array.
    package func elements(_ path: String...) -> [SecretJSON]? {
        guard case .array(let nodes) = node(path), nodes.count <= 256 else { return nil }
        return nodes.map { SecretJSON(decoded, $0) }
    }

    // MARK: Parsing

    private struct Parser {
        let source: UnsafeRawBufferPointer
        let target: UnsafeMutableRawBufferPointer
        var read = 0
        var written = 0
        var values = 0

        init(source: UnsafeRawBufferPointer, target: UnsafeMutableRawBufferPointer) { (self.source, self.target) = (source, target) }

        var next: UInt8? { read < source.count ? source[read] : nil }

        mutating func document() -> Node? {
            guard let node = value(depth: 0) else { return nil }
            skipSpace()
            return read == source.count ? node : nil
        }

        private mutating func skipSpace() {
            while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { read += 1 }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard next == byte else { return false }
            read += 1
            return true
        }

        private mutating func value(depth: Int) -> Node? {
            values += 1
            guard depth < 32, values <= 4_096 else { return nil }
            skipSpace()
            switch next {
            case 0x7B: return object(depth)
            case 0x5B: return array(depth)
            case 0x22: return string().map(Node.string)
            case 0x74: return word("true", .bool(true))
            case 0x66: return word("false", .bool(false))
            case 0x6E: return word("null", .null)
            default: return number()
            }
        }

        private mutating func word(_ word: StaticString, _ node: Node) -> Node? {
            let length = word.utf8CodeUnitCount
            guard read + length <= source.count,
                word.withUTF8Buffer({ source[read..<read + length].elementsEqual($0) })
            else { return nil }
            read += length
            return node
        }

        private mutating func object(_ depth: Int) -> Node? {
            read += 1
            var members: [(name: Range<Int>, value: Node)] = []
            if take(0x7D) { return .object(members) }
            repeat {
                skipSpace()
                guard next == 0x22, let name = string(), take(0x3A), let value = value(depth: depth + 1) else { return nil }
                let isDoubled = members.contains { member in target[member.name].elementsEqual(target[name]) }
                guard !isDoubled else { return nil }
                members.append((name, value))
            } while take(0x2C)
            return take(0x7D) ? .object(members) : nil
        }

        private mutating func array(_ depth: Int) -> Node? {
            read += 1
            var nodes: [Node] = []
            if take(0x5D) { return .array(nodes) }
            repeat {
                guard let value = value(depth: depth + 1) else { return nil }
                nodes.append(value)
            } while take(0x2C)
            return take(0x5D) ? .array(nodes) : nil
        }

        private mutating func number() -> Node? {
            let start = written
            while let byte = next, (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) {
                put(byte)
                read += 1
            }
            return written > start ? .number(start..<written) : nil
        }

        private mutating func put(_ byte: UInt8) {
            target[written] = byte
            written += 1
        }

        private mutating func string() -> Range<Int>? {
            read += 1
            let start = written
            while let byte = next {
                read += 1
                switch byte {
                case 0x22: return start..<written
                case ..<0x20: return nil
                case 0x5C: guard escape() else { return nil }
                default: put(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> Bool {
            guard let byte = next else { return false }
            read += 1
            switch byte {
            case 0x22, 0x5C, 0x2F: put(byte)
            case 0x62: put(0x08)
            case 0x66: put(0x0C)
            case 0x6E: put(0x0A)
            case 0x72: put(0x0D)
            case 0x74: put(0x09)
            case 0x75:
                guard let scalar = scalar() else { return false }
                for unit in UTF8.encode(scalar)! { put(unit) }
            default: return false
            }
            return true
        }

        private mutating func unit() -> UInt32? {
            guard read + 4 <= source.count else { return nil }
            var unit: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = Self.digit(source[read]) else { return nil }
                unit = unit << 4 | digit
                read += 1
            }
            return unit
        }

        private static func digit(_ byte: UInt8) -> UInt32? {
            switch byte {
            case 0x30...0x39: UInt32(byte) - 0x30
            case 0x41...0x46: UInt32(byte) - 0x37
            case 0x61...0x66: UInt32(byte) - 0x57
            default: nil
            }
        }

        private mutating func scalar() -> Unicode.Scalar? {
            guard let first = unit() else { return nil }
            guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
            guard read + 2 <= source.count, source[read] == 0x5C, source[read + 1] == 0x75 else { return nil }
            read += 2
            guard let second = unit(), (0xDC00...0xDFFF).contains(second) else { return nil }
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        }
    }
}

extension SecretJSON: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
