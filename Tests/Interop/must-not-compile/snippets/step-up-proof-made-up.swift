// Refused: initializer is inaccessible due to 'package' protection level
import CryptoPrimitives
import IdentityTypes
import RecordStorage
import SealedStore

private func host(_ subject: SubjectID, _ now: Timestamp, _ key: borrowing SecretBytes, _ proof: StepUpProof) -> StepUpProof {
    StepUpProof(subject: subject, challenge: [], provenAt: now, reason: .dataExport, isByNumber: true, key: key)  // refused; instead: proof
}
