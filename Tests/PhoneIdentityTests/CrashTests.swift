import IdentityTypes
import RecordStorage
import Testing

@testable import PhoneIdentity

/// One commit of a sign-up, and what becomes of it.
struct CrashPoint: Sendable, CustomTestStringConvertible {
    enum Place: String, Sendable { case identityStore, keyService }
    let place: Place
    /// Counted from the first commit of the sign-up.
    let step: Int
    let fault: ProbeStore.Fault

    var testDescription: String { "\(fault) at commit \(step) of the \(place)" }

    /// Begin, pay, enrol, acknowledge; the deposit in the key service. One step more than there are meets the sweep.
    static let all = ProbeStore.Fault.allCases.flatMap { fault in
        (1...5).map { CrashPoint(place: .identityStore, step: $0, fault: fault) }
            + (1...2).map { CrashPoint(place: .keyService, step: $0, fault: fault) }
    }

    /// Whether the commit it names is one of the sign-up.
    var isReached: Bool { place == .identityStore ? step <= 4 : step == 1 }

    func plan(_ deployment: TestDeployment) {
        switch place {
        case .identityStore: deployment.identity.plan(fault, at: step)
        case .keyService: deployment.keys.plan(fault, at: step)
        }
    }
}

@Suite("A fault at any commit of a sign-up") struct CrashTests {
    private let number = TestProcess.number(7)

    @Test("the person who goes on has one account, and nothing is half written", arguments: CrashPoint.all)
    func goesOn(_ point: CrashPoint) async throws {
        let deployment = try TestDeployment()
        _ = try await deployment.open()
        point.plan(deployment)
        let (pseudonym, troubles) = try await persist(deployment)
        if [.killedBefore, .killedAfter, .killedLate].contains(point.fault) { #expect((troubles > 0) == point.isReached) }
        try await settle(deployment)
        try await isWhole(deployment, accounts: 1)
        // What was slow may land now, after the account was made and the sweep went by.
        await deployment.identity.land()
        await deployment.keys.land()
        try await settle(deployment)
        try await isWhole(deployment, accounts: 1)
        #expect(try await deployment.open().prove(.recovery, number) == .recovered(pseudonym))
    }

    @Test("the person who gives up leaves an account or nothing, and can come back", arguments: CrashPoint.all)
    func givesUp(_ point: CrashPoint) async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        point.plan(deployment)
        let attempt = process.attempt()
        do throws(IdentityError) {
            let receipt = try await process.begin(.signUp, number)
            if !deployment.lifeline.isDead, let code = try? await process.code(number) {
                if case .enrolled(let pseudonym) = try await process.complete(receipt, code, attempt: attempt) {
                    try await process.service.acknowledge(pseudonym)
                }
            }
        } catch {
            #expect(Self.passing.contains(error.name), "\(error)")
        }
        deployment.lifeline.revive()
        try await settle(deployment)
        let accounts = try await deployment.identity.rows("claim").count
        try await isWhole(deployment, accounts: accounts)
        await deployment.identity.land()
        await deployment.keys.land()
        try await settle(deployment)
        try await isWhole(deployment, accounts: try await deployment.identity.rows("claim").count)
        // Whoever comes back, tomorrow or with another browser, gets the one account of this number.
        _ = try await persist(deployment)
        try await settle(deployment)
        try await isWhole(deployment, accounts: 1)
    }

    @Test("a commit that was slow loses against the sweep that took its keys back, and wins against a later one")
    func lateCommit() async throws {
        for sweepsFirst in [true, false] {
            let deployment = try TestDeployment()
            let process = try await deployment.open()
            let receipt = try await process.begin(.signUp, number)
            let code = try #require(try await process.code(number))
            deployment.identity.plan(.killedLate, at: 2)
            _ = await refusal { try await process.complete(receipt, code) }
            deployment.lifeline.revive()
            if sweepsFirst {
                // The keys are taken back an hour after their deposit; the challenge, which would stop the commit too, is still there.
                deployment.clock.advance(by: .seconds(65 * 60))
                try await deployment.open().service.sweep()
                #expect(try await deployment.identity.rows("attempts").count == 1)
                // What stands there is the mark of keys that are gone.
                #expect(try await deployment.keys.rows("keys").map(\.value.count) == [1 + 32])
            }
            await deployment.identity.land()
            try await settle(deployment)
            try await isWhole(deployment, accounts: sweepsFirst ? 0 : 1)
        }
    }

    @Test("a key service that is down stops a sign-up with its own code, and nothing but the payment is written")
    func keyServiceDown() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let receipt = try await process.begin(.signUp, number)
        let code = try #require(try await process.code(number))
        let attempt = process.attempt()
        deployment.identity.reset()
        deployment.keys.plan(.unavailable, at: 1)
        #expect(await refusal { try await process.complete(receipt, code, attempt: attempt) }?.name == "vault.unavailable")
        #expect(deployment.identity.made.count == 1)
        guard case .enrolled = try await process.complete(receipt, code, attempt: attempt) else {
            Issue.record("The same attempt did not go on.")
            return
        }
    }

    /// What a client may be told about a store in trouble; anything else would be a lie.
    private static let passing: Set<String> = [
        "identity.busy", "otp.busy", "storage.unavailable", "storage.full", "vault.unavailable", "otp.tooManySends",
    ]

    /// A client that repeats itself until it has a pseudonym which the service has acknowledged. - Returns: also how often it had to.
    private func persist(_ deployment: TestDeployment) async throws -> (Pseudonym, troubles: Int) {
        var process = try await deployment.open()
        var (attempt, receipt) = (process.attempt(), ChallengeReceipt?.none)
        var troubles = 0
        for _ in 0..<30 {
            do throws(IdentityError) {
                if receipt == nil {
                    attempt = process.attempt()
                    receipt = try await process.begin(.signUp, number)
                }
                guard let begun = receipt, let code = try? await process.code(number) else {
                    receipt = nil
                    continue
                }
                switch try await process.complete(begun, code, attempt: attempt) {
                case .enrolled(let pseudonym), .alreadyEnrolled(let pseudonym?):
                    try await process.service.acknowledge(pseudonym)
                    return (pseudonym, troubles)
                case .alreadyEnrolled(nil):
                    // Acknowledged before the answer was lost: as a host would, in by recovery.
                    deployment.clock.advance(by: .seconds(3600))
                    guard let found = try? await process.prove(.recovery, number), case .recovered(let pseudonym) = found else {
                        throw IdentityError(.busy, "No recovery.")
                    }
                    return (pseudonym, troubles)
                case let other:
                    Issue.record("A sign-up ended as \(other).")
                }
            } catch {
                troubles += 1
                #expect(Self.passing.contains(error.name) || deployment.lifeline.isDead, "\(error)")
                if receipt == nil { deployment.clock.advance(by: .seconds(60)) }
            }
            guard deployment.lifeline.isDead else { continue }
            deployment.lifeline.revive()
            process = try await deployment.open()
        }
        throw Unexpected("a sign-up never came to its end")
    }

    /// Hours of sweeping. A fault that no commit of the sign-up met is met here; the sweep after it goes on.
    private func settle(_ deployment: TestDeployment) async throws {
        for _ in 0..<4 {
            let process = try await deployment.open()
            deployment.clock.advance(by: .seconds(2 * 3600))
            do throws(IdentityError) { try await process.service.sweep() } catch {
                #expect(Self.passing.contains(error.name) || deployment.lifeline.isDead, "\(error)")
            }
            deployment.lifeline.revive()
        }
    }

    private func isWhole(_ deployment: TestDeployment, accounts: Int) async throws {
        let (identity, keys) = (deployment.identity, deployment.keys)
        let subjects = Set(try await identity.rows("enrolment").map(\.key.row))
        #expect(try await identity.rows("claim").count == accounts)
        #expect(subjects.count == accounts)
        #expect(try await identity.rows("pseudonym").count == accounts)
        // A tombstone's first byte is 0.
        #expect(try await identity.rows("vault").filter { $0.value[0] == 1 }.count == accounts)
        #expect(Set(try await keys.rows("keys").map(\.key.row)) == subjects)
        #expect(try await keys.rows("pending").isEmpty)
        let entries = try await deployment.entries(try await deployment.open())
        #expect(entries.filter { $0.action == .enrolled }.count == accounts)
        #expect(entries.filter { $0.action == .orphanSwept }.count == (try await identity.rows("vault").filter { $0.value[0] == 0 }.count))
    }
}
