// Refused: binary operator '==' cannot be applied to two 'SecretNumber' operands
import CryptoPrimitives

private func host(_ number: borrowing SecretNumber, _ other: borrowing SecretNumber) -> Bool {
    number == other  // refused; instead: false
}
