public import IdentityTypes
public import RecordStorage

/// A request as an approver looks at it: everything in it was checked before this value is there.
public struct RevealReview: Hashable, Sendable {
    public let file: RevealFile
    public let roster: Roster

    /// Checks a request for an approver: signatures, roster, dates, purpose, and that the envelope is the named record's.
    ///
    /// - Parameters:
    ///   - knownRoster: the highest number of a roster that this approver has seen.
    /// - Throws: ``VaultError``
    public init(_ file: RevealFile, custodians: CustodianSet, knownRoster: UInt32, at time: Timestamp) throws(VaultError) {
        roster = try file.check(custodians: custodians, knownRoster: knownRoster, at: time)
        self.file = file
    }

    public var requesterName: String { roster.person(file.request.requester)?.person.name ?? "" }
    public var openerName: String { roster.person(file.request.opener)?.person.name ?? "" }
    /// Whose record it is, as whoever asks knows the person; the host attests it.
    public var pseudonym: Pseudonym { file.attestation.pseudonym }
    public var purpose: PurposeCode { file.request.purpose }
    public var caseText: String { file.caseText }
    public var expiresAt: Timestamp { file.request.expiresAt }

    /// Approves, with a share of the decryption.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused` when this person may not: not of this quorum, the requester, or lapsed.
    public func approve(
        as person: PersonKeyring, with share: borrowing QuorumShare, at time: Timestamp, random: some RandomSource
    ) throws(VaultError) -> Approval {
        let request = file.request
        guard let quorum = roster.quorum(request.role), share.role == request.role, share.deployment == request.deployment else {
            throw VaultError(.approvalRefused, "This share is of another quorum.")
        }
        guard quorum.levels[Int(share.level) - 1].epoch == share.epoch else {
            throw VaultError(.approvalRefused, "This share was given on to others by a resharing: use the one of the newest deals.")
        }
        let part = try DecryptionShare(
            of: file.envelope, key: quorum.key, secret: share.secret, context: request.digest, random: random)
        let approval = try Approval.approve(
            request, level: share.level, index: share.index, share: part, signer: person, at: time, random: random)
        try approval.check(request, roster)
        return approval
    }

    /// Denies, which ends the request; needs no share.
    ///
    /// - Throws: ``VaultError`` with code `.approvalRefused` when this person is no approver of this quorum.
    public func deny(as person: PersonKeyring, at time: Timestamp) throws(VaultError) -> Approval {
        let request = file.request
        for (place, level) in (roster.quorum(request.role)?.levels ?? []).enumerated() {
            guard let index = level.members.firstIndex(where: { roster.persons[$0].signingKey == person.publicKey }) else { continue }
            let approval = Approval.deny(request, level: UInt8(place + 1), index: UInt8(index + 1), signer: person, at: time)
            try approval.check(request, roster)
            return approval
        }
        throw VaultError(.approvalRefused, "\(person.name) has no share of this quorum, so neither approves nor denies.")
    }
}
