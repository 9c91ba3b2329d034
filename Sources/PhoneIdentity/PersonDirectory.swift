import IdentityTypes
public import RecordStorage
public import SealedStore

/// Finds whose record a request names, for a custodian's machine that runs no flows and knows no pseudonyms.
public struct PersonDirectory: Sendable {
    private let store: any RecordStore
    private let partitions: PartitionCount

    /// - Parameter store: the identity store, as the host authenticates it.
    public init(store: any RecordStore, partitions: PartitionCount = .standard) {
        (self.store, self.partitions) = (store, partitions)
    }

    /// Whose record a request names.
    ///
    /// - Throws: ``IdentityError``: `.erasing` when nobody here has it any more, or a storage code.
    public func revealSubject(of request: RevealRequest) async throws(IdentityError) -> RevealSubject {
        try await revealSubject(request.subject)
    }

    func revealSubject(_ subject: SubjectID) async throws(IdentityError) -> RevealSubject {
        let enrolment: Enrolment?
        do {
            enrolment = try await store.record(at: Enrolment.key(subject, partitions)).map { row throws(StorageError) in
                try Enrolment(row)
            }
        } catch { throw IdentityError(error) }
        guard let enrolment, enrolment.state == .active else { throw IdentityError.erasing }
        guard enrolment.number != nil else {
            throw IdentityError(VaultError(.notFound, "This person gave no number, so there is none to see."))
        }
        return RevealSubject(audit: enrolment.audit, record: enrolment.record)
    }
}
