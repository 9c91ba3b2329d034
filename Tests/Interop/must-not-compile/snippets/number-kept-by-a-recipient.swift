// Refused: cannot be consumed
import CryptoPrimitives
import SealedStore

private final class Keeper: NumberRecipient {
    func keep(_ number: consuming SecretNumber) {}

    func deliver(_ order: DispatchOrder, to number: borrowing SecretNumber) async throws(VaultError) {
        keep(number)  // refused; instead: number.withDigits { _ = $0.count }
    }
}
