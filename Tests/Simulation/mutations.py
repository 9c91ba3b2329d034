"""Bugs that the simulation must find: each replaces one piece of the library's source by another.

A mutation is a name, a file, the piece (which must be there exactly once), what takes its place, and words of the promise that is
expected to break (several, between bars, where seeds differ in what breaks first). `mutate` applies them one at a time.
"""

MUTATIONS = [
    (
        "compare-before-paying",
        "Sources/OTPEngine/Challenge/Completion.swift",
        "            let paidRows = stage(decision, of: rows, at: now, in: &commit)\n",
        "            if case .compare(let open) = decision.permission, case .code(let code) = answer, !derivation.accepts(code) {\n"
        "                throw .wrongCode(triesLeft: open.triesLeft)\n"
        "            }\n"
        "            let paidRows = stage(decision, of: rows, at: now, in: &commit)\n",
        "nobody had paid for",
    ),
    (
        "pay-twice-for-one-attempt",
        "Sources/OTPEngine/Challenge/Decision.swift",
        "        if challenge.payment(of: digest) != nil { return next.permitting(.compare(challenge)) }\n",
        "",
        "paid for twice",
    ),
    (
        "resend-refills-tries",
        "Sources/OTPEngine/Challenge/Decision.swift",
        "        challenge.sends = min(challenge.sends + 1, Int(UInt16.max))\n",
        "        challenge.sends = min(challenge.sends + 1, Int(UInt16.max))\n        challenge.paid = []\n",
        "was forgotten",
    ),
    (
        "new-challenge-refills-guesses",
        "Sources/OTPEngine/Challenge/Decision.swift",
        "        try next.spendSend(by: request.method)\n        let ended",
        "        try next.spendSend(by: request.method)\n        next.number.guesses = GuessBudget()\n        let ended",
        "more guesses for a number",
    ),
    (
        "success-refills-guesses",
        "Sources/OTPEngine/Challenge/Decision.swift",
        "        next.giveBack(payment, by: challenge.method)\n",
        "        next.number.guesses = GuessBudget()\n",
        "more guesses for a number",
    ),
    (
        "another-attempt-gets-the-answer",
        "Sources/OTPEngine/Challenge/Decision.swift",
        "            guard winner == digest else { throw .alreadyCompleted }\n"
        "            return next.permitting(.repeatOutcome(outcome))\n"
        "        }\n"
        "        guard challenge.digits == 0 || digits == challenge.digits",
        "            return next.permitting(.repeatOutcome(outcome))\n"
        "        }\n"
        "        guard challenge.digits == 0 || digits == challenge.digits",
        "two attempts completed one challenge",
    ),
    (
        "code-before-its-commit",
        "Sources/PhoneIdentity/Flows/Begin.swift",
        "        try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in\n"
        "            let (subject, isDeliverable) = try await addressee(&commit)\n",
        "        try await committing { (unused: inout StagedCommit) async throws(IdentityError) -> BegunChallenge in\n"
        "            var commit = StagedCommit(random: environment.random)\n"
        "            let (subject, isDeliverable) = try await addressee(&commit)\n",
        "before its challenge was committed",
    ),
    (
        "decoy-gets-a-code",
        "Sources/PhoneIdentity/Flows/ChallengeMessage.swift",
        "        guard begun.isDeliverable else {\n            message.wipe()\n            return .nothing\n        }\n",
        "",
        "must get none",
    ),
    (
        "unknown-outcome-is-success",
        "Sources/RecordStorage/StagedCommit.swift",
        "                guard error.code == .outcomeUnknown else { throw error }\n                try await settle(changes, in: store)\n",
        "                guard error.code == .outcomeUnknown else { throw error }\n",
        "committed|paid for|forked",
    ),
    (
        "conflict-after-unknown-is-success",
        "Sources/RecordStorage/StagedCommit.swift",
        "                    if (try? await hasLanded(changes, in: store)) == true { return }\n",
        "                    return\n",
        "paid for|forked|committed",
    ),
    (
        "sweep-without-tombstone",
        "Sources/SealedStore/Vault/OrphanSweep.swift",
        "        if let record { return try Self.body(record) != nil }\n",
        "        if let record { return try Self.body(record) != nil }\n        if record == nil { return false }\n",
        "other keys|cannot be opened",
    ),
    (
        "consent-without-version-check",
        "Sources/PhoneIdentity/Flows/Consents.swift",
        "            guard !commit.isEmpty else { return }\n            commit.check(record)\n",
        "            guard !commit.isEmpty else { return }\n            _ = record\n",
        "left a row",
    ),
    (
        "history-without-version-check",
        "Sources/PhoneIdentity/Flows/CompleteSignUp.swift",
        "        // An erasure that begins meanwhile would not find this entry in the person's history, and leave it behind.\n"
        "        commit.check(record)\n",
        "        _ = record\n",
        "left a row",
    ),
    (
        "step-up-without-version-check",
        "Sources/PhoneIdentity/Flows/Begin.swift",
        "        do { try grant.stage(in: &commit, now: now) } catch { throw IdentityError(error) }\n",
        "",
        "without the consent",
    ),
    (
        "withdrawal-without-a-commit",
        "Sources/ConsentLedger/ConsentRecords.swift",
        "            commit.put(sheet.encoded, at: key(subject.id), replacing: current)\n            return []\n",
        "            return []\n",
        "consent",
    ),
    (
        "erasure-keeps-keys",
        "Sources/SealedStore/KeyService/LocalKeyService+Deposits.swift",
        "            commit.put(SubjectKeys.erased, at: keysKey(subject), replacing: record, expiresAt: now + Self.eraseMarkLife)\n",
        "",
        "other keys",
    ),
    (
        "erasure-keeps-pseudonyms",
        "Sources/PhoneIdentity/Flows/Erase.swift",
        "                for pseudonym in try ErasureMark(record).pseudonyms { try await pseudonyms.stageRemoval(of: pseudonym, in: &commit) }\n",
        "",
        "leads to nobody",
    ),
    (
        "outcome-without-its-entry",
        "Sources/PhoneIdentity/Flows/CompleteRecovery.swift",
        "            outbox.record([event(action, .accountRecovery, enrolment.audit, counts, guess)], in: &commit)\n",
        "            _ = action\n",
        "challenges ended in a commit",
    ),
    (
        "sequenced-twice",
        "Sources/AuditLog/Sequencer/LogState.swift",
        "            commit.delete(row)\n",
        "            commit.check(row)\n",
        "in the log twice",
    ),
    (
        "recovery-without-recent-proof",
        "Sources/PhoneIdentity/Enrolment/RecoveryPolicy.swift",
        "now < number.lastProof + recentProof || showing",
        "now >= enrolment.enrolledAt || showing",
        "without a recent proof",
    ),
    (
        "challenge-swept-too-soon",
        "Sources/OTPEngine/Challenge/Challenge.swift",
        "        isCompleted ? expires : expires + .seconds(3600)\n",
        "        isCompleted ? expires : created\n",
        "forgotten before it expired",
    ),
    (
        "consent-without-its-entry",
        "Sources/PhoneIdentity/Flows/Consents.swift",
        "            commit.check(record)\n            outbox.record(events, in: &commit)\n",
        "            commit.check(record)\n",
        "happened in a commit that records",
    ),
    (
        "pseudonym-without-its-entry",
        "Sources/PhoneIdentity/Flows/Pseudonyms.swift",
        "            outbox.record(\n"
        "                [\n"
        "                    AuditEvent(\n"
        "                        .pseudonymGiven, purpose: nil, at: now, subject: enrolment.audit,\n"
        "                        details: [.init(\"consumer\", consumer.rawValue)], random: environment.random)\n"
        "                ], in: &commit)\n"
        "            return pseudonym\n",
        "            return pseudonym\n",
        "happened in a commit that records",
    ),
]
