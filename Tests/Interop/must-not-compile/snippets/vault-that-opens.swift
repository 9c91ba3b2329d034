// Refused: has no member 'open'
import CryptoPrimitives
import IdentityTypes
import SealedStore

private func host(_ vault: NumberVault, _ claim: Claim, _ number: borrowing SecretNumber) async throws {
    _ = try await vault.open(claim)  // refused; instead: _ = try await vault.tags(of: number)
}
