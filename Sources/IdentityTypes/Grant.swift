public import RecordStorage

/// Permission for one use of one person's number, for one purpose: cannot be copied, is spent once, and soon lapses.
///
/// A use borrows it while it stages, which puts the consent record's version into the use's own commit, and consumes it
/// after the commit. A withdrawal in between makes that commit fail.
public struct Grant<Use: Purpose>: ~Copyable, Sendable {
    /// 16 random bytes; spent once by whoever acts on the grant elsewhere.
    package let id: [UInt8]
    /// `nil` for a verification that has no subject yet.
    package let subject: SubjectID?
    /// What the use's commit must find unchanged: the consent the grant rests on.
    package let basis: Basis
    /// When it lapses.
    public let expiresAt: Timestamp

    package enum Basis: Sendable, Hashable {
        /// The record of consents at the version that was read.
        case consent(RecordKey, RecordVersion)
        /// Necessary for the contract, bound to one challenge.
        case challenge([UInt8])
        /// Minted by a host without a ledger; recorded as that.
        case hostAssertion
    }

    public var purpose: PurposeCode { Use.token.code }

    package init(token: PurposeToken, id: [UInt8], subject: SubjectID?, basis: Basis, expiresAt: Timestamp) {
        precondition(token == Use.token, "A grant carries the token of its own purpose.")
        self.id = id
        self.subject = subject
        self.basis = basis
        self.expiresAt = expiresAt
    }

    /// For a host that takes a module without `ConsentLedger` and vouches itself that the use is agreed.
    ///
    /// - Parameter recorder: gets the event "used on the host's own assertion" in the commit of the use.
    public init(
        assertedByHostWithoutLedger token: PurposeToken, recorder: any EventRecorder, in commit: inout StagedCommit,
        time: some TimeSource, random: some RandomSource
    ) {
        let now = time.now()
        let id = random.bytes(16)
        self.init(token: token, id: id, subject: nil, basis: .hostAssertion, expiresAt: now + .seconds(60))
        recorder.record([AuditEvent(.usedOnHostAssertion, purpose: token.code, at: now, shard: id, random: random)], in: &commit)
    }

    /// Puts what the grant rests on into the commit of the use.
    ///
    /// - Throws: ``StorageError`` with code `.conflict` when it has lapsed: mint another.
    package borrowing func stage(in commit: inout StagedCommit, now: Timestamp) throws(StorageError) {
        guard now < expiresAt else { throw StorageError(.conflict, "The grant has lapsed; mint another and decide again.") }
        if case .consent(let key, let version) = basis { commit.check(key, version: version) }
    }

    /// Ends the grant after its use was committed.
    package consuming func spend() {}
}
