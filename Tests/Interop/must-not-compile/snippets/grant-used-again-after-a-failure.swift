// Refused: 'grant' consumed more than once
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) throws {}

private func host(_ grant: consuming Grant<Purposes.SecurityAlert>) throws {
    do {
        try use(grant)
    } catch {
        try use(grant)  // refused; instead: throw error
    }
}
