// Refused: 'key' consumed more than once
import CryptoPrimitives

private func keep(_ key: consuming SecretBytes) {}

private func host(_ key: consuming SecretBytes) {
    keep(key)
    keep(key)  // refused; instead: do {}
}
