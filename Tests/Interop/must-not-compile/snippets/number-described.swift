// Refused: candidate requires that 'SecretNumber' conform to 'Copyable'
import CryptoPrimitives

private func host(_ number: borrowing SecretNumber) -> String {
    String(describing: number)  // refused; instead: String(describing: SecretNumber.self)
}
