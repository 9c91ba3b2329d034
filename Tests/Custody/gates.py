"""The gates of an opening, each with the source that switches it off: `off(name)` is true where that one is chosen.

A gate is a name, a file, the piece (which must be there exactly once), and what takes its place.
"""

GATES = [
    (
        "attestation-subject",
        "Sources/SealedStore/Governance/RecordAttestation.swift",
        'guard deployment == request.deployment, subject == request.subject, record == request.record else',
        'guard off("attestation-subject") || (deployment == request.deployment && subject == request.subject && record == request.record) else',
    ),
    (
        "attestation-signature",
        "Sources/SealedStore/Governance/RecordAttestation.swift",
        '            SignatureVerification.isValid(\n'
        '                signature, of: Self.digest(Self.body(deployment, subject, record, pseudonym, issuedAt)), by: roster.hostKey)',
        '            off("attestation-signature") || SignatureVerification.isValid(\n'
        '                signature, of: Self.digest(Self.body(deployment, subject, record, pseudonym, issuedAt)), by: roster.hostKey)',
    ),
    (
        "attestation-age",
        "Sources/SealedStore/Governance/RecordAttestation.swift",
        'request.notBefore - issuedAt <= RevealRequest.longestLife else',
        '(off("attestation-age") || request.notBefore - issuedAt <= RevealRequest.longestLife) else',
    ),
    (
        "attestation-future",
        "Sources/SealedStore/Governance/RecordAttestation.swift",
        'guard issuedAt <= request.notBefore + ApprovalSet.clockAllowance,',
        'guard off("attestation-future") || issuedAt <= request.notBefore + ApprovalSet.clockAllowance,',
    ),
    (
        "attestation-digest",
        "Sources/SealedStore/Governance/RevealRequest.swift",
        'attestation.digest == request.attestationDigest',
        '(off("attestation-digest") || attestation.digest == request.attestationDigest)',
    ),
    (
        "deny-only",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'guard !denials.isEmpty, denials.allSatisfy({ $0.verdict == .deny }) else',
        'guard off("deny-only") || (!denials.isEmpty && denials.allSatisfy({ $0.verdict == .deny })) else',
    ),
    (
        "deny-ends",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'if set.isDenied { row.state = .ended }',
        'if set.isDenied, !off("deny-ends") { row.state = .ended }',
    ),
    (
        "deny-twice",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'guard error.code == .denied else { throw error }',
        'guard error.code == .denied, !off("deny-twice") else { throw error }',
    ),
    (
        "review-other",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'guard earlier == review.digest else',
        'guard off("review-other") || earlier == review.digest else',
    ),
    (
        "review-check",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'try review.check(roster, involved: opened.involved, openedAt: opened.openedAt, at: now)',
        'if !off("review-check") { try review.check(roster, involved: opened.involved, openedAt: opened.openedAt, at: now) }',
    ),
    (
        "review-overdue",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'guard earlier.closedBy != nil || now <',
        'guard off("review-overdue") || earlier.closedBy != nil || now <',
    ),
    (
        "opener-signature",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'guard opening.isSignedByOpener else',
        'guard off("opener-signature") || opening.isSignedByOpener else',
    ),
    (
        "in-force-release",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'try ApprovalSet(opening.approvals, of: request, roster)\n'
        '        try set.demandInForce(roster, at: now)\n',
        'try ApprovalSet(opening.approvals, of: request, roster)\n'
        '        if !off("in-force-release") { try set.demandInForce(roster, at: now) }\n',
    ),
    (
        "complete",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'try set.demandComplete()\n',
        'if !off("complete") { try set.demandComplete() }\n',
    ),
    (
        "due-mark",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'if keys.due == nil, set.approvals.contains',
        'if !off("due-mark"), keys.due == nil, set.approvals.contains',
    ),
    (
        "spent-reveal",
        "Sources/SealedStore/KeyService/LocalKeyService+Reveals.swift",
        'row.state = .released',
        'row.state = off("spent-reveal") ? .approving : .released',
    ),
    (
        "order-spent",
        "Sources/SealedStore/KeyService/LocalKeyService+Releases.swift",
        'guard found[1] == nil else',
        'guard off("order-spent") || found[1] == nil else',
    ),
    (
        "order-genuine",
        "Sources/SealedStore/KeyService/LocalKeyService+Releases.swift",
        '    public func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes {\n'
        '        let now = time.now()\n'
        '        guard order',
        '    public func releaseShredKey(for order: ReleaseOrder) async throws(VaultError) -> SecretBytes {\n'
        '        let now = time.now()\n'
        '        guard off("order-genuine") || order',
    ),
    (
        "due-blocks",
        "Sources/SealedStore/KeyService/LocalKeyService+Releases.swift",
        'return keys.due == nil ? nil : Self.resealDue',
        'return off("due-blocks") || keys.due == nil ? nil : Self.resealDue',
    ),
    (
        "due-reseal",
        "Sources/SealedStore/KeyService/LocalKeyService+Releases.swift",
        'guard keys.due != nil else',
        'guard off("due-reseal") || keys.due != nil else',
    ),
    (
        "requester-approves",
        "Sources/SealedStore/Governance/Approval.swift",
        'try demand(approver != request.requester,',
        'try demand(off("requester-approves") || approver != request.requester,',
    ),
    (
        "approver-lapsed",
        "Sources/SealedStore/Governance/Approval.swift",
        'try demand(person.isInForce(at: time), "An approver',
        'try demand(off("approver-lapsed") || person.isInForce(at: time), "An approver',
    ),
    (
        "approver-holder",
        "Sources/SealedStore/Governance/Approval.swift",
        'try demand(person.signingKey == approver,',
        'try demand(off("approver-holder") || person.signingKey == approver,',
    ),
    (
        "denial-vetoes",
        "Sources/SealedStore/Governance/Approval.swift",
        'isDenied = counted.contains { $0.verdict == .deny }',
        'isDenied = !off("denial-vetoes") && counted.contains { $0.verdict == .deny }',
    ),
    (
        "share-proof",
        "Sources/SealedStore/Governance/Approval.swift",
        '            try share.verify(\n'
        '                for: envelope, key: quorum.key, verificationShare: verificationShares[Int(index) - 1], context: request.digest)',
        '            if !off("share-proof") { try share.verify(\n'
        '                for: envelope, key: quorum.key, verificationShare: verificationShares[Int(index) - 1], context: request.digest) }',
    ),
    (
        "two-levels",
        "Sources/SealedStore/Governance/Roster.swift",
        'try demand(first.isDisjoint(with: second),',
        'try demand(off("two-levels") || first.isDisjoint(with: second),',
    ),
    (
        "one-dealer",
        "Sources/SealedStore/Governance/Roster.swift",
        'quorum.levels[0].dealer != quorum.levels[1].dealer, "One',
        'off("one-dealer") || quorum.levels[0].dealer != quorum.levels[1].dealer, "One',
    ),
    (
        "host-person",
        "Sources/SealedStore/Governance/Roster.swift",
        'try demand(persons.allSatisfy { $0.signingKey != hostKey },',
        'try demand(off("host-person") || persons.allSatisfy { $0.signingKey != hostKey },',
    ),
    (
        "custodian-threshold",
        "Sources/SealedStore/Governance/Roster.swift",
        'guard signers.count >= custodians.threshold else',
        'guard off("custodian-threshold") || signers.count >= custodians.threshold else',
    ),
    (
        "roster-fork",
        "Sources/SealedStore/Governance/SeenRoster.swift",
        'roster.number == number + 1, roster.previous != digest',
        '!off("roster-fork"), roster.number == number + 1, roster.previous != digest',
    ),
    (
        "roster-same",
        "Sources/SealedStore/Governance/SeenRoster.swift",
        'if roster.number == number, roster.digest != digest',
        'if !off("roster-same"), roster.number == number, roster.digest != digest',
    ),
    (
        "roster-old",
        "Sources/SealedStore/Governance/SeenRoster.swift",
        'guard roster.number >= number else',
        'guard off("roster-old") || roster.number >= number else',
    ),
    (
        "envelope-proof",
        "Sources/SealedStore/Governance/RevealRequest.swift",
        'do { try envelope.verify(key: key, label: request.label(key)) } catch',
        'do { if !off("envelope-proof") { try envelope.verify(key: key, label: request.label(key)) } } catch',
    ),
    (
        "tag-check",
        "Sources/SealedStore/Reveal/RevealDesk.swift",
        'guard let claim, claim.subject == request.subject, claim.record == request.record else',
        'guard off("tag-check") || (claim?.subject == request.subject && claim?.record == request.record) else',
    ),
    (
        "desk-roster",
        "Sources/SealedStore/Reveal/RevealDesk.swift",
        'try await SeenRoster.take(roster, in: ledger.store, time: time, random: random)',
        'if !off("desk-roster") { try await SeenRoster.take(roster, in: ledger.store, time: time, random: random) }',
    ),
    (
        "desk-opener",
        "Sources/SealedStore/Reveal/RevealDesk.swift",
        'request.opener == opener.publicKey, request',
        'off("desk-opener") || request.opener == opener.publicKey, request',
    ),
    (
        "roles",
        "Sources/SealedStore/Wire/KeyServiceEndpoint.swift",
        'guard operation.isAllowed(to: role) else',
        'guard off("roles") || operation.isAllowed(to: role) else',
    ),
    (
        "log-fork",
        "Sources/SealedStore/KeyService/LocalKeyService+LogHead.swift",
        'guard log.isConsistent(evidence, with: known) else',
        'guard off("log-fork") || log.isConsistent(evidence, with: known) else',
    ),
    (
        "registry-roster",
        "Sources/PhoneIdentity/RevealRegistry.swift",
        '            try await SeenRoster.take(roster, in: store, time: time, random: random)',
        '            if !off("registry-roster") { try await SeenRoster.take(roster, in: store, time: time, random: random) }',
    ),
    (
        "registry-host",
        "Sources/PhoneIdentity/RevealRegistry.swift",
        'guard roster.hostKey == keyring.card.key else',
        'guard off("registry-host") || roster.hostKey == keyring.card.key else',
    ),
    (
        "registry-review",
        "Sources/PhoneIdentity/RevealRegistry.swift",
        'guard review.requestDigest == file.request.digest else',
        'guard off("registry-review") || review.requestDigest == file.request.digest else',
    ),
]
