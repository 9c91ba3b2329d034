import CryptoPrimitives
package import Messaging
package import RecordStorage

/// What a call says after a key press, sealed into the address that the gateway asks then: so nobody has to keep the code meanwhile, and
/// whoever sees the address cannot read it.
///
/// Format: `Documentation/Formats.md`, "Calls".
package final class CallSeal: Sendable {
    private static let context = Array("call".utf8)

    private let key: SecretBytes
    private let time: any TimeSource
    private let random: any RandomSource

    /// - Precondition: the secret has 16 bytes or more.
    package init(_ secret: GatewaySecret, time: any TimeSource, random: any RandomSource) {
        precondition(secret.bytes.count >= 16, "The secret of a seal has 16 bytes or more: whoever guesses it reads codes.")
        key = HMACSHA256.sign(Array("SPNI/v1/call-script".utf8), key: secret.bytes)
        (self.time, self.random) = (time, random)
    }

    package func seal(_ script: VoiceScript, code: UnsafeRawBufferPointer, name: String, for life: Duration) -> String {
        let expiry = (time.now() + life).milliseconds
        let plaintext = SecretBytes.writing { writer in
            writer.byte(1)
            writer.number(UInt64(bitPattern: expiry))
            writer.prefixed(name.utf8)
            writer.prefixed(code)
            writer.prefixed(script.language.utf8)
            writer.byte(UInt8(clamping: script.repeats))
            for part in script.parts {
                switch part {
                case .words(let words):
                    writer.byte(1)
                    writer.prefixed(words.utf8)
                case .digits(let pause):
                    writer.byte(2)
                    writer.number(UInt32(clamping: pause))
                case .pause(let length):
                    writer.byte(3)
                    writer.number(UInt32(clamping: length))
                }
            }
        }
        return Base64URL.encode(
            CommittingAEAD.seal(plaintext, key: key, label: "SPNI/v1/call-script", context: Self.context, random: random))
    }

    /// What was sealed, with the code lent to `body`.
    ///
    /// - Throws: ``TransportError`` with code `.eventRefused` when it was sealed by somebody else, was changed, or is too old.
    package func open<Value>(
        _ sealed: String, _ body: (_ script: VoiceScript, _ code: UnsafeRawBufferPointer, _ name: String) -> Value
    ) throws(TransportError) -> Value {
        guard let box = Base64URL.decode(sealed),
            let plaintext = try? SecretText(
                CommittingAEAD.open(box, key: key, label: "SPNI/v1/call-script", context: Self.context))
        else { throw TransportError.notTheGateways }
        let opened: Result<Value, TransportError> = plaintext.withBytes { bytes in
            var reader = Reader(bytes: bytes)
            guard reader.byte() == 1, let expiry = reader.number(8) else { return .failure(.malformedEvent) }
            guard Int64(bitPattern: expiry) > time.now().milliseconds else { return .failure(.outOfTime) }
            guard let name = reader.prefixed(), let code = reader.prefixed(), let language = reader.prefixed(), let repeats = reader.byte(),
                let parts = reader.parts()
            else { return .failure(.malformedEvent) }
            let script = VoiceScript(
                language: String(decoding: language, as: UTF8.self), prompt: "", parts: parts, repeats: Int(repeats))
            return .success(body(script, code, String(decoding: name, as: UTF8.self)))
        }
        return try opened.get()
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var next = 0

        mutating func byte() -> UInt8? { number(1).map(UInt8.init) }

        mutating func number(_ length: Int) -> UInt64? {
            guard next + length <= bytes.count else { return nil }
            defer { next += length }
            return bytes[next..<next + length].reduce(0) { $0 << 8 | UInt64($1) }
        }

        mutating func prefixed() -> UnsafeRawBufferPointer? {
            guard let length = number(2), next + Int(length) <= bytes.count else { return nil }
            defer { next += Int(length) }
            return UnsafeRawBufferPointer(rebasing: bytes[next..<next + Int(length)])
        }

        mutating func parts() -> [VoiceScript.Part]? {
            var parts: [VoiceScript.Part] = []
            while next < bytes.count {
                switch byte() {
                case 1: guard let words = prefixed() else { return nil }; parts.append(.words(String(decoding: words, as: UTF8.self)))
                case 2: guard let pause = number(4) else { return nil }; parts.append(.digits(pause: Int(pause)))
                case 3: guard let length = number(4) else { return nil }; parts.append(.pause(Int(length)))
                default: return nil
                }
            }
            return parts
        }
    }
}

extension SecretWriter {
    fileprivate mutating func number(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) { byte(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    fileprivate mutating func prefixed(_ value: some Collection<UInt8>) {
        let count = min(value.count, Int(UInt16.max))
        number(UInt16(count))
        bytes(value.prefix(count))
    }
}

extension CallSeal: CustomStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
