// Refused: 'bytes' is inaccessible due to 'package' protection level
import IdentityTypes

private func host(_ subject: SubjectID, _ deployment: DeploymentID) -> [UInt8] {
    subject.bytes  // refused; instead: deployment.bytes
}
