// Refused: does not conform to expected type 'Copyable'
import CryptoPrimitives

private func host(_ key: borrowing SecretBytes) {
    print(key)  // refused; instead: print(key.count)
}
