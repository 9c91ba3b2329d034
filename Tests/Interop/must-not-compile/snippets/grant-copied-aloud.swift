// Refused: 'copy' cannot be applied to noncopyable types
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) {
    use(copy grant)  // refused; instead: use(grant)
}
