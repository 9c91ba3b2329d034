// Refused: conform to 'Copyable'
import CryptoPrimitives

private func host(_ number: borrowing SecretNumber) {
    dump(number)  // refused; instead: dump(SecretNumber.self)
}
