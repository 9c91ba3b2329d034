// Refused: requires that 'SecretNumber' conform to 'Encodable'
import CryptoPrimitives

private func encode<Value: Encodable>(_ value: Value) {}

private func host(_ number: borrowing SecretNumber) {
    encode(number)  // refused; instead: encode(0)
}
