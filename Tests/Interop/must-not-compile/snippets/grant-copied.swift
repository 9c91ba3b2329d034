// Refused: 'grant' consumed more than once
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) {
    let first = grant
    let second = grant  // refused; instead: let second = 0
    use(first)
    _ = second
}
