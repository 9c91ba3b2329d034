// Refused: has no member 'advertising'
import IdentityTypes

private func host() -> PurposeCode {
    .advertising  // refused; instead: .productUpdate
}
