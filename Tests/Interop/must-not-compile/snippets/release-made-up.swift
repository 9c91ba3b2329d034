// Refused: initializer is inaccessible due to 'package' protection level
import CryptoPrimitives
import IdentityTypes
import RecordStorage
import SealedStore

private func host(_ who: SubjectID, _ record: RecordID, _ at: Timestamp, _ key: borrowing SecretBytes, _ order: ReleaseOrder) -> [UInt8] {
    func made(
        _ order: ReleaseOrder
    ) -> [UInt8] { [] }
    let purpose = PurposeCode.legalObligation
    return made(
        ReleaseOrder(id: [], subject: who, record: record, purpose: purpose, deadline: at, key: key)  // refused; instead: order
    )
}
