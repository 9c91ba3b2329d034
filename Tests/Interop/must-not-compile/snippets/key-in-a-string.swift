// Refused: candidate requires that 'SecretBytes' conform to 'Copyable'
import CryptoPrimitives

private func host(_ key: borrowing SecretBytes) -> String {
    "key \(key)"  // refused; instead: "key of \(key.count) bytes"
}
