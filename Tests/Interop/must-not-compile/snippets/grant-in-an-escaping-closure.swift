// Refused: cannot be consumed when captured by an escaping closure
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) -> () -> Void {
    { use(grant) }  // refused; instead: { [purpose = grant.purpose] in print(purpose) }
}
