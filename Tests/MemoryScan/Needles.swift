import CryptoPrimitives
import RecordStorage
import Synchronization

/// Tells the scanning process what to look for, without having it in memory: each secret under a mask of its own.
final class Needles: Sendable {
    private let lines = Mutex<[String]>([])
    private let random = SystemRandomSource()

    func note(_ name: String, _ secret: borrowing SecretBytes) {
        secret.withUnsafeBytes { note(name, $0) }
    }

    /// The ASCII digits, in the form in which they are held, sealed and sent.
    func note(_ name: String, _ number: borrowing SecretNumber) {
        number.withDigits { note(name, $0) }
    }

    func note(_ name: String, _ bytes: UnsafeRawBufferPointer) {
        let mask = random.bytes(bytes.count)
        let masked = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, initialized in
            for index in bytes.indices { buffer[index] = bytes[index] ^ mask[index] }
            initialized = bytes.count
        }
        lines.withLock { $0.append("needle \(name) \(Hexadecimal.encode(masked)) \(Hexadecimal.encode(mask))") }
    }

    func tell() {
        for line in lines.withLock({ $0 }) { print(line) }
    }
}
