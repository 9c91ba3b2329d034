// Refused: 'grant' consumed more than once
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) {
    use(grant)
    use(grant)  // refused; instead: do {}
}
