import ConsentLedger
import IdentityTypes
import OTPEngine
import PhoneIdentity
import RecordStorage

/// What people do in a simulation: owners, the same owner in a second window, and strangers who guess.
extension SimulatedPerson {
    // MARK: An owner

    /// Signs up and lives with the account: consents, step-ups, recoveries, exports, erasure, and all over again.
    func liveAsOwner() async {
        var account: Account?
        var mayBeErased = false
        await pause(0...20_000)
        for _ in 0..<scheduler.draw(in: 6...14) {
            if account == nil {
                account = await enter().map { Account(pseudonym: $0, mayBeErased: mayBeErased) }
            } else if await act(on: &account!) {
                mayBeErased = account!.mayBeErased
                account = nil
            }
            await pause(500...25_000)
        }
    }

    // MARK: Somebody who passes by

    /// Signs up, does not wait for the answer, and never comes back: what is on its way then meets nobody but the sweeper.
    func passBy() async {
        await pause(0...240_000)
        guard let (begun, code) = await challenge() else { return }
        _ = await submit(begun, code, attempt: attempt, right: code, times: 1)
    }

    // MARK: An account

    /// What an owner knows of the account they are signed in to.
    struct Account: Sendable {
        let pseudonym: Pseudonym
        /// An erasure was asked for and nobody answered: it may yet come.
        var mayBeErased: Bool
        /// What was decided last about step-ups, and acknowledged; `nil` where that is not known.
        var mayStepUp: Bool?
        /// A consent to service alerts was withdrawn, which was given at most by a call without an answer.
        var hasThoughtAgain = false
    }

    /// In by sign-up, or by recovery where there is an account.
    private func enter() async -> Pseudonym? {
        let consents = scheduler.draw(below: 2) == 0 ? [decision(.stepUpVerification, isGiven: true)] : []
        guard let verdict = try? await prove(.signUp, consents: consents) else { return nil }
        switch verdict {
        case .enrolled(let pseudonym), .alreadyEnrolled(let pseudonym?): return pseudonym
        case .alreadyEnrolled(nil):
            guard case .recovered(let pseudonym)? = try? await prove(.recovery) else { return nil }
            return pseudonym
        default:
            breaks("a sign-up ended as none")
            return nil
        }
    }

    /// - Returns: whether the account is gone.
    private func act(on account: inout Account) async -> Bool {
        let pseudonym = account.pseudonym
        switch scheduler.draw(below: 12) {
        case 0:
            expect(await insist("acknowledge") { service throws(IdentityError) in try await service.acknowledge(pseudonym) }, account)
        case 1, 2: await decideConsent(&account)
        case 3: await withdraw(&account)
        case 8, 9:
            await thinkAgain(&account)
        case 4, 5: await stepUp(account)
        case 6:
            if let verdict = try? await prove(.recovery), case .recovered(let other) = verdict, other != pseudonym, !account.mayBeErased {
                breaks("a recovery led to another account than the one that is signed in")
            }
        case 7:
            let consumer = Consumer(rawValue: "desk-\(scheduler.draw(below: 2))")!
            expect(
                await insist("pseudonym for a consumer") { service throws(IdentityError) in
                    try await service.pseudonym(of: pseudonym, for: consumer)
                }, account)
        default: return await erase(&account)
        }
        return false
    }

    /// Whoever is signed in to an account that is there may do everything with it.
    private func expect<Value>(_ answer: Result<Value, IdentityError>?, _ account: Account) {
        if case .failure(let error)? = answer, !account.mayBeErased {
            breaks("an account that is there refused its owner: \(error.code.rawValue)")
        }
    }

    private func decision(_ purpose: PurposeCode, isGiven: Bool) -> ConsentDecision {
        ConsentDecision(
            purpose, isGiven: isGiven, notice: Notice(id: "step-up", version: "1", language: "en", text: "May we ask for a code?"),
            method: .settings)
    }

    private func decideConsent(_ account: inout Account) async {
        let pseudonym = account.pseudonym
        let decision = decision(.stepUpVerification, isGiven: true)
        let answer = await insist("give consent") { service throws(IdentityError) in
            try await service.record([decision], for: pseudonym)
        }
        expect(answer, account)
        account.mayStepUp = answer == nil ? nil : true
        guard case .success? = answer else { return }
        await expectConsent(of: account)
    }

    /// Agrees, does not wait for the answer, and withdraws at once.
    private func thinkAgain(_ account: inout Account) async {
        let (pseudonym, decision) = (account.pseudonym, decision(.serviceAlert, isGiven: true))
        account.hasThoughtAgain = false
        _ = await call("give consent to alerts") { service throws(IdentityError) in try await service.record([decision], for: pseudonym) }
        let answer = await insist("withdraw consent to alerts") { service throws(IdentityError) in
            try await service.withdraw(.serviceAlert, for: pseudonym)
        }
        expect(answer, account)
        guard case .success? = answer else { return }
        account.hasThoughtAgain = true
        await pause(1_000...70_000)
        await expectConsent(of: account)
    }

    private func withdraw(_ account: inout Account) async {
        let pseudonym = account.pseudonym
        // Sometimes while a code for this very purpose is asked for in another window.
        async let rival = scheduler.draw(below: 2) == 0 ? begin(.stepUp(pseudonym)) : nil
        let answer = await insist("withdraw consent") { service throws(IdentityError) in
            try await service.withdraw(.stepUpVerification, for: pseudonym)
        }
        _ = try? await rival
        expect(answer, account)
        account.mayStepUp = answer == nil ? nil : false
        guard case .success? = answer else { return }
        await expectConsent(of: account)
        // No use after an acknowledged withdrawal.
        if (try? await begin(.stepUp(pseudonym))) != nil { breaks("a number was used after its owner had withdrawn") }
    }

    /// Whether a consent is in force, which is what was last decided and acknowledged; `nil` where there is no answer.
    @discardableResult
    private func expectConsent(of account: Account) async -> Bool? {
        let pseudonym = account.pseudonym
        let answer = await insist("consents") { service throws(IdentityError) in try await service.consents(of: pseudonym) }
        expect(answer, account)
        guard case .success(let states)? = answer else { return nil }
        let isGiven = states.contains { $0.purpose == .stepUpVerification && $0.standing == .given }
        let mayAlert = states.contains { $0.purpose == .serviceAlert && $0.standing == .given }
        if account.hasThoughtAgain, mayAlert { breaks("a consent came back after its owner had withdrawn") }
        if let decided = account.mayStepUp, decided != isGiven { breaks("an acknowledged decision about a consent did not last") }
        return isGiven
    }

    private func stepUp(_ account: Account) async {
        let pseudonym = account.pseudonym
        guard let isGiven = await expectConsent(of: account) else { return }
        do throws(NotBegun) {
            let verdict = try await prove(.stepUp(pseudonym, because: .dataExport))
            if !isGiven, account.mayStepUp != nil { breaks("a step-up was begun without a consent") }
            guard case .steppedUp(_, let proof)? = verdict, scheduler.draw(below: 2) == 0 else { return }
            // The proof opens the history once; an answer that is lost has used it up.
            let export = await call("export") { service throws(IdentityError) in try await service.export(pseudonym, proof: proof) }
            guard case .done(let export) = export else { return }
            if export.history?.contains(where: { $0.action == .enrolled }) != true { breaks("a person's history lacks the enrolment") }
            let again = await insist("export again") { service throws(IdentityError) in try await service.export(pseudonym, proof: proof) }
            if case .success? = again { breaks("a proof opened a history twice") }
        } catch {
            if case .refused(let refusal) = error, refusal.code.rawValue.hasPrefix("consent."), isGiven, account.mayStepUp != nil {
                breaks("a step-up was refused for want of a consent that is there")
            }
        }
    }

    /// - Returns: whether the account is gone.
    private func erase(_ account: inout Account) async -> Bool {
        let pseudonym = account.pseudonym
        // Sometimes while a sign-up of the same number comes to its end in another window.
        let rival = scheduler.draw(below: 2) == 0 ? await challenge() : nil
        async let ended: Void = finish(rival)
        let answer = await insist("erase") { service throws(IdentityError) in try await service.erase(pseudonym) }
        await ended
        switch answer {
        case nil:
            account.mayBeErased = true
            return true
        case .failure(let error):
            if error.code != .unknownPseudonym { breaks("an erasure was refused: \(error.code.rawValue)") }
        case .success: break
        }
        let after = await insist("consents after the erasure") { service throws(IdentityError) in try await service.consents(of: pseudonym)
        }
        if case .failure(let error)? = after, error.code == .unknownPseudonym { return true }
        if after != nil { breaks("an erased person is still known") }
        return true
    }

    private func challenge() async -> (begun: Begun, code: String)? {
        guard var begun = try? await begin(.signUp), let code = await code(of: &begun) else { return nil }
        return (begun, code)
    }

    private func finish(_ challenge: (begun: Begun, code: String)?) async {
        guard let (begun, code) = challenge else { return }
        await pause(0...60)
        _ = await submit(begun, code, attempt: attempt, right: code)
    }

    // MARK: The same owner, elsewhere

    /// Signs up and recovers in a second window, whatever happens in the first.
    func liveInSecondWindow() async {
        for _ in 0..<scheduler.draw(in: 1...4) {
            await pause(0...60_000)
            _ = try? await prove(scheduler.draw(below: 3) == 0 ? .recovery : .signUp)
        }
    }

    // MARK: A stranger

    /// Begins challenges for somebody else's number and guesses, many at once, with a resend in between.
    func liveAsStranger() async {
        for _ in 0..<scheduler.draw(in: 1...4) {
            await pause(0...90_000)
            guard let begun = try? await begin(scheduler.draw(below: 3) == 0 ? .recovery : .signUp) else { continue }
            for _ in 0..<scheduler.draw(in: 1...4) {
                await guess(begun, atOnce: scheduler.draw(in: 1...8))
                await pause(0...40_000)
                let (token, requester) = (begun.receipt.token, begun.requester)
                _ = await call("a stranger's resend") { service throws(IdentityError) in
                    try await service.resend(token, requester: requester)
                }
                if scheduler.draw(below: 3) == 0 { await useStolen(begun) }
            }
        }
    }

    private func guess(_ begun: Begun, atOnce count: Int) async {
        let digits = begun.receipt.digits
        await withTaskGroup { group in
            for _ in 0..<count {
                let (code, attempt) = (wrongCode(digits), attempt)
                // A code that happens to be right is right.
                group.addTask { _ = await submit(begun, code, attempt: attempt, right: rightCode(of: begun), times: 6) }
            }
        }
    }

    private func rightCode(of begun: Begun) -> String? {
        deployment.watch.challenge(of: begun.session).flatMap { deployment.code(of: $0, tags.budget) }
    }

    /// A token is good in the session it was begun in, and nowhere else.
    private func useStolen(_ begun: Begun) async {
        let (token, code, attempt) = (begun.receipt.token, wrongCode(begun.receipt.digits), attempt)
        let answer = await insist("complete with a stolen token", times: 3) { service throws(IdentityError) in
            try await service.complete(token, code: code, attempt: attempt, requester: Requester(session: [1, 2, 3]))
        }
        guard case .failure(let error)? = answer else {
            if answer != nil { breaks("a stolen token was taken") }
            return
        }
        if error.code.rawValue != "otp.challengeNotFound" { breaks("a stolen token was answered: \(error.code.rawValue)") }
    }
}
