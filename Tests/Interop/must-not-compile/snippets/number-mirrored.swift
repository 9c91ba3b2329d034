// Refused: does not conform to expected type 'Copyable'
import CryptoPrimitives

private func host(_ number: borrowing SecretNumber) -> Mirror {
    Mirror(reflecting: number)  // refused; instead: Mirror(reflecting: 0)
}
