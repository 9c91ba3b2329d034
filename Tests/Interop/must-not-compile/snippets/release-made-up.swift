// Refused: initializer is inaccessible due to 'package' protection level
import IdentityTypes
import RecordStorage
import SealedStore

private func host(_ subject: SubjectID, _ record: RecordID, _ now: Timestamp, _ order: ReleaseOrder) -> ReleaseOrder {
    ReleaseOrder(id: [], subject: subject, record: record, purpose: .securityAlert, deadline: now)  // refused; instead: order
}
