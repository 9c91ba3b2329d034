// Refused: does not conform to 'Copyable'
import CryptoPrimitives

private func host(_ number: consuming SecretNumber) -> Any {
    number  // refused; instead: number.withDigits { $0.count }
}
