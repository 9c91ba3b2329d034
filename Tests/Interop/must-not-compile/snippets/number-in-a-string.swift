// Refused: candidate requires that 'SecretNumber' conform to 'Copyable'
import CryptoPrimitives

private func host(_ number: borrowing SecretNumber) -> String {
    "to \(number)"  // refused; instead: number.withDigits { "to \($0.count) digits" }
}
