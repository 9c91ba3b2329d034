// Refused: 'grant' used after consume
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) -> PurposeCode {
    use(grant)
    return grant.purpose  // refused; instead: return .securityAlert
}
