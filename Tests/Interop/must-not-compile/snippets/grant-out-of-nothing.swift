// Refused: is inaccessible due to 'package' protection level
import ConsentLedger
import IdentityTypes

private func host(_ consents: ConsentRecords, _ subject: SubjectID) async throws {
    _ = try await consents.grant(Purposes.SecurityAlert.self, of: subject)  // refused; instead: _ = (consents, subject)
}
