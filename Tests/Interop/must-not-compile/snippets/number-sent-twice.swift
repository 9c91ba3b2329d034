// Refused: 'number' consumed more than once
import CryptoPrimitives

private func send(_ number: consuming SecretNumber) {}

private func host(_ number: consuming SecretNumber) {
    send(number)
    send(number)  // refused; instead: do {}
}
