package import CryptoPrimitives

extension SecretWriter {
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    /// As a value of `application/x-www-form-urlencoded`, or of a query. Source: WHATWG URL §5.2.
    package mutating func form(_ value: some Sequence<UInt8>) {
        for next in value {
            switch next {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F: byte(next)
            case 0x20: byte(0x2B)
            default:
                byte(0x25)
                byte(Self.hexadecimal[Int(next >> 4)])
                byte(Self.hexadecimal[Int(next & 15)])
            }
        }
    }

    package mutating func form(_ value: String) { form(value.utf8) }

    /// A field of a form, which is not the first.
    package mutating func field(_ name: String, _ value: some Sequence<UInt8>) {
        if count > 0 { byte(0x26) }
        text(name)
        byte(0x3D)
        form(value)
    }

    package mutating func field(_ name: String, _ value: String) { field(name, value.utf8) }

    /// As a JSON string, without its quotes; UTF-8 stays as it is. Source: RFC 8259 §7.
    package mutating func json(_ value: some Sequence<UInt8>) {
        for next in value {
            switch next {
            case 0x22, 0x5C:
                byte(0x5C)
                byte(next)
            case 0x0A: text("\\n")
            case 0x0D: text("\\r")
            case 0x09: text("\\t")
            case ..<0x20:
                text("\\u00")
                byte(Self.hexadecimal[Int(next >> 4)])
                byte(Self.hexadecimal[Int(next & 15)])
            default: byte(next)
            }
        }
    }

    /// The same with its quotes.
    package mutating func quoted(_ value: some Sequence<UInt8>) {
        byte(0x22)
        json(value)
        byte(0x22)
    }

    package mutating func quoted(_ value: String) { quoted(value.utf8) }

    /// As text or as an attribute's value of XML. What XML cannot hold is left out. Source: XML 1.0 §2.2, §2.4.
    package mutating func xml(_ value: some Sequence<UInt8>) {
        for next in value {
            switch next {
            case 0x26: text("&amp;")
            case 0x3C: text("&lt;")
            case 0x3E: text("&gt;")
            case 0x22: text("&quot;")
            case 0x27: text("&#39;")
            case ..<0x20 where ![0x09, 0x0A, 0x0D].contains(next): break
            default: byte(next)
            }
        }
    }

    package mutating func xml(_ value: String) { xml(value.utf8) }
}

/// A secret that a closure can return and a task can be given.
package final class SecretText: Sendable {
    package let bytes: SecretBytes

    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    /// - Parameter pieces: called twice, as ``SecretBytes/writing(_:)`` says.
    package convenience init(_ pieces: (inout SecretWriter) -> Void) { self.init(SecretBytes.writing(pieces)) }

    package func withBytes<Value: ~Copyable>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value { bytes.withUnsafeBytes { body($0) } }
}

extension SecretText: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension String {
    /// An address with one more item in its query.
    package func addingQueryItem(_ name: String, _ value: String) -> String {
        let secret = SecretText { $0.form(value) }
        // A gateway reads settings of its own behind the number sign.
        let address = prefix { $0 != "#" }
        let item = name + "=" + secret.withBytes { String(decoding: $0, as: UTF8.self) }
        return address + (address.contains("?") ? "&" : "?") + item + self[address.endIndex...]
    }
}
