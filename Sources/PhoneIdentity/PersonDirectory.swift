public import IdentityTypes
public import RecordStorage
public import SealedStore

/// Finds the record behind a pseudonym, for a custodian's machine that runs no flows.
public struct PersonDirectory: Sendable {
    private let store: any RecordStore
    private let partitions: PartitionCount
    private let pseudonyms: PseudonymIndex

    /// - Parameter store: the identity store as the host's database has it; it is authenticated here.
    public init(store: some RecordStore, partitions: PartitionCount = .standard, keyring: HostKeyring) {
        let authenticated = keyring.authenticated(store)
        self.store = authenticated
        self.partitions = partitions
        pseudonyms = PseudonymIndex(store: authenticated, partitions: partitions, keyring: keyring)
    }

    /// Whose record a pseudonym leads to.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing`, or a storage code.
    public func revealSubject(of pseudonym: Pseudonym) async throws(IdentityError) -> RevealSubject {
        let subject: SubjectID?
        do { subject = try await pseudonyms.subject(of: pseudonym) } catch { throw IdentityError(error) }
        guard let subject else { throw IdentityError.unknownPseudonym }
        return try await revealSubject(subject)
    }

    /// Whose record a request names.
    ///
    /// - Throws: ``IdentityError``: `.erasing` when nobody here has it any more, or a storage code.
    package func revealSubject(of request: RevealRequest) async throws(IdentityError) -> RevealSubject {
        try await revealSubject(request.subject)
    }

    private func revealSubject(_ subject: SubjectID) async throws(IdentityError) -> RevealSubject {
        let enrolment: Enrolment?
        do {
            enrolment = try await store.record(at: Enrolment.key(subject, partitions)).map { row throws(StorageError) in
                try Enrolment(row)
            }
        } catch { throw IdentityError(error) }
        guard let enrolment, enrolment.state == .active else { throw IdentityError.erasing }
        return RevealSubject(audit: enrolment.audit, record: enrolment.record)
    }
}
