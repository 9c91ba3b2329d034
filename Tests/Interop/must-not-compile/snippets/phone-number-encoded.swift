// Refused: requires that 'PhoneNumber' conform to 'Encodable'
import PhoneNormalization

private func encode<Value: Encodable>(_ value: Value) {}

private func host(_ number: PhoneNumber) {
    encode(number)  // refused; instead: encode(PhoneNumber.E164Coded(wrappedValue: number))
}
