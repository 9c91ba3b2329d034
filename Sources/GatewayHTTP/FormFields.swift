import CryptoPrimitives

/// The fields of `application/x-www-form-urlencoded`, decoded into guarded memory: numbers and words are among them.
package final class FormFields: Sendable {
    private static let fieldLimit = 400

    private struct Field {
        let name: Range<Int>
        let value: Range<Int>
    }

    private let decoded: SecretBytes
    private let fields: [Field]

    /// - Returns: `nil` where the bytes are no form.
    package init?(_ form: UnsafeRawBufferPointer) {
        var fields: [Field] = []
        var isMalformed = false
        decoded = SecretBytes(count: form.count) { target in
            var (read, written, start) = (0, 0, 0)
            var name: Range<Int>?
            func endField() {
                guard written > start || name != nil else { return }
                fields.append(Field(name: name ?? start..<written, value: name == nil ? written..<written : start..<written))
                (name, start) = (nil, written)
            }
            while read < form.count, !isMalformed {
                var byte = form[read]
                read += 1
                switch byte {
                case 0x26:
                    endField()
                    continue
                case 0x3D where name == nil:
                    (name, start) = (start..<written, written)
                    continue
                case 0x2B: byte = 0x20
                case 0x25:
                    guard read + 1 < form.count, let high = Self.digit(form[read]), let low = Self.digit(form[read + 1]) else {
                        isMalformed = true
                        continue
                    }
                    (byte, read) = (high << 4 | low, read + 2)
                default: break
                }
                target[written] = byte
                written += 1
            }
            endField()
        }
        self.fields = fields
        if isMalformed || fields.count > Self.fieldLimit { return nil }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// The bytes of a field that is there once.
    package func withValue<Value>(of name: String, _ body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        decoded.withUnsafeBytes { bytes in
            let found = fields.filter { bytes[$0.name].elementsEqual(name.utf8) }
            guard found.count == 1 else { return nil }
            return body(UnsafeRawBufferPointer(rebasing: bytes[found[0].value]))
        }
    }

    /// A field that is there once and is no secret.
    package func text(_ name: String) -> String? { withValue(of: name) { String(decoding: $0, as: UTF8.self) } }

    /// `prefix`, then every field's name and value without anything between, in order of names and then of values, a pair that is doubled once.
    package func concatenated(after prefix: String) -> SecretText {
        decoded.withUnsafeBytes { bytes in
            let sorted = fields.sorted { left, right in
                let (first, second) = (bytes[left.name], bytes[right.name])
                guard first.elementsEqual(second) else { return first.lexicographicallyPrecedes(second) }
                return bytes[left.value].lexicographicallyPrecedes(bytes[right.value])
            }
            return SecretText { writer in
                writer.text(prefix)
                var last: Field?
                for field in sorted {
                    defer { last = field }
                    if let last, bytes[last.name].elementsEqual(bytes[field.name]), bytes[last.value].elementsEqual(bytes[field.value]) {
                        continue
                    }
                    writer.bytes(bytes[field.name])
                    writer.bytes(bytes[field.value])
                }
            }
        }
    }
}

extension FormFields: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
