// Refused: conform to 'Copyable'
import IdentityTypes

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) {
    let kept = [grant]  // refused; instead: let kept = [grant.purpose]
    _ = kept
}
