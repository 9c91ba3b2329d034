public import AuditLog
public import IdentityTypes
public import RecordStorage
public import SealedStore

/// The host's part when people see a number: it says whose record is whose, records requests, and hands denials and reviews to the key
/// service, none of which may rest on the opener.
///
/// ``IdentityService/reveals`` is one; a command that runs no flows makes its own.
public struct RevealRegistry: Sendable {
    private let store: any RecordStore
    private let directory: PersonDirectory
    private let pseudonyms: PseudonymIndex
    private let keyring: HostKeyring
    private let keyService: any KeyService
    private let ledger: RevealLedger
    private let time: any TimeSource
    private let random: any RandomSource

    /// - Parameters:
    ///   - store: the identity store, as the host authenticates it.
    ///   - outbox: from which the host's sequencer takes entries into the log.
    public init(
        store: any RecordStore, partitions: PartitionCount = .standard, keyring: HostKeyring, keyService: any KeyService,
        outbox: AuditOutbox, time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource()
    ) {
        directory = PersonDirectory(store: store, partitions: partitions)
        pseudonyms = PseudonymIndex(store: store, partitions: partitions, keyring: keyring, random: random)
        (self.store, self.keyring, self.keyService, self.time, self.random) = (store, keyring, keyService, time, random)
        ledger = RevealLedger(store: store, partitions: partitions, recorder: outbox, time: time, random: random)
    }

    /// The host's word whose record a pseudonym leads to; a request needs one that is at most seven days old.
    ///
    /// - Throws: ``IdentityError``: `.unknownPseudonym`, `.erasing`, or a storage code.
    public func attest(_ pseudonym: Pseudonym) async throws(IdentityError) -> RecordAttestation {
        let person = try await subject(of: pseudonym)
        return RecordAttestation(pseudonym, subject: person.audit.id, record: person.record, keyring: keyring, at: time.now())
    }

    /// Whose record a pseudonym leads to.
    package func subject(of pseudonym: Pseudonym) async throws(IdentityError) -> RevealSubject {
        let subject: SubjectID?
        do { subject = try await pseudonyms.subject(of: pseudonym) } catch { throw IdentityError(error) }
        guard let subject else { throw IdentityError.unknownPseudonym }
        return try await directory.revealSubject(subject)
    }

    /// Records in the log and in the person's history that people ask for the number; once, however often it is called.
    ///
    /// - Throws: ``IdentityError``: a vault code when the request does not hold, `.erasing`, or a storage code.
    public func register(_ file: RevealFile) async throws(IdentityError) {
        let request = file.request
        _ = try await check(file)
        let person = try await directory.revealSubject(of: request)
        do { try await ledger.recordRequest(request, person) } catch { throw IdentityError(error) }
    }

    /// Ends a request that an approver denied: at the key service, which lets nothing out for it any more, then in the log.
    ///
    /// - Throws: ``IdentityError``: `vault.orderRefused` when the record was opened before, another vault code when request or denial do
    ///   not hold, `.erasing`, or a storage code. Handed in again, nothing happens twice.
    public func deny(_ file: RevealFile, _ denials: [Approval]) async throws(IdentityError) {
        let roster = try await check(file)
        do { try await keyService.deny(file, denials) } catch { throw IdentityError(error) }
        let person = try await directory.revealSubject(of: file.request)
        do throws(VaultError) {
            try await ledger.recordRequest(file.request, person)
            try await ledger.recordDenial(file.request, try ApprovalSet(denials, of: file.request, roster), person)
        } catch {
            throw IdentityError(error)
        }
    }

    /// Hands in what two people found about an opening by people on call, and records it.
    ///
    /// - Parameter file: the request that was opened, whose time may be over.
    /// - Throws: ``IdentityError``: a vault code when the key service does not take the review, or a storage code. Handed in again, nothing
    ///   happens twice.
    public func review(_ review: BreakGlassReview, of file: RevealFile) async throws(IdentityError) {
        guard review.requestDigest == file.request.digest else {
            throw IdentityError(VaultError(.approvalRefused, "The review is about another request."))
        }
        do { try await keyService.close(review) } catch { throw IdentityError(error) }
        let person: RevealSubject
        do throws(IdentityError) { person = try await directory.revealSubject(of: file.request) } catch {
            // Of an erased person no history is left to write into; the key service has the review.
            guard error.code == .erasing else { throw error }
            return
        }
        do { try await ledger.recordReview(review, of: file.request, person) } catch { throw IdentityError(error) }
    }

    /// The roster under which a request holds: none older than was seen, and one that names this very host.
    private func check(_ file: RevealFile) async throws(IdentityError) -> Roster {
        do throws(VaultError) {
            guard let custodians = keyring.custodians else {
                throw VaultError(.requestRefused, "The host keyring names no custodians, so there is no quorum to ask.")
            }
            let roster = try file.check(custodians: custodians, at: time.now())
            guard roster.hostKey == keyring.card.key else {
                throw VaultError(.requestRefused, "The roster names another host's key: have a roster signed that names this one's.")
            }
            try await SeenRoster.take(roster, in: store, time: time, random: random)
            return roster
        } catch {
            throw IdentityError(error)
        }
    }
}
