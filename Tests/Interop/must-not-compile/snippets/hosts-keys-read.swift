// Refused: 'keys' is inaccessible due to 'package' protection level
import IdentityTypes
import SealedStore

private func host(_ keyring: HostKeyring) {
    _ = keyring.keys  // refused; instead: _ = keyring.deployment
}
