// Refused: does not conform to expected type 'Copyable'
import CryptoPrimitives

private func host(_ number: borrowing SecretNumber) {
    print(number)  // refused; instead: number.withDigits { print($0.count) }
}
