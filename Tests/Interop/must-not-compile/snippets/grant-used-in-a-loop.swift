// Refused: 'grant' consumed in a loop
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>, times: Int) {
    for _ in 0..<times {
        use(grant)  // refused; instead: _ = grant.purpose
    }
}
