import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A store that fails lets no authenticator code in, and a crash gives none a second life")
struct AuthenticatorFaultTests {
    private typealias Bench = AuthenticatorBench

    @Test("after the last conflict the answer is busy, never wrong, and the code was not looked at", arguments: [true, false])
    func busy(isRight: Bool) async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        let impatient = bench.another(attempts: 3)
        bench.store.next(.conflict, .conflict, .conflict)
        let code = isRight ? try app.code(at: bench.clock.now()) : try app.wrong(at: bench.clock.now())
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code, impatient) } == .busy)
        #expect(try await bench.state.payments.isEmpty)
    }

    @Test("a payment whose outcome is unknown is not compared; asked again it is paid once", arguments: [true, false])
    func unknownPayment(landed: Bool) async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        let (attempt, code) = (bench.attempt, try app.code(at: bench.clock.now()))
        bench.store.next(landed ? .unknownLanded : .unknownLost, .unavailable, .unavailable, .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code, attempt: attempt) } == .busy)
        #expect(try await bench.state.budget.guesses.consecutive == (landed ? 1 : 0))
        // By the clock of the payment, where there was one: a minute later the code is no longer shown.
        bench.clock.advance(.seconds(90))
        let again = await bench.refusal { () async throws(OTPError) in try await bench.verify(code, attempt: attempt) }
        #expect(again == (landed ? nil : .wrongCode))
        #expect(try await bench.state.budget.guesses.consecutive == (landed ? 0 : 1))
    }

    @Test("an acceptance whose outcome is unknown gets the same answer again, and the code is used once", arguments: [true, false])
    func unknownAcceptance(landed: Bool) async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        let (attempt, code) = (bench.attempt, try app.code(at: bench.clock.now()))
        bench.store.next(.none, landed ? .unknownLanded : .unknownLost, .unavailable, .unavailable, .unavailable)
        #expect(
            await bench.refusal { () async throws(OTPError) in
                try await bench.engine.verify(code, of: bench.person, attempt: attempt, outcome: [1])
            } == .busy)
        let again = try await bench.engine.verify(code, of: bench.person, attempt: attempt, outcome: [2])
        #expect(again == (landed ? .repeated(outcome: [1]) : .taken(recoveryCodesLeft: 10)))
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code) } == .codeUsed)
        #expect(try await bench.state.budget.guesses.consecutive == 1)
    }

    @Test("a crash after the payment: another process goes on, for nothing")
    func crashAfterPay() async throws {
        let bench = Bench()
        let (app, codes) = try await bench.enrol()
        let (attempt, code) = (bench.attempt, try app.code(at: bench.clock.now()))
        _ = try await bench.engine.pay(.code(code), of: bench.person, attempt: attempt)
        let wrong = try app.wrong(at: bench.clock.now())
        for _ in 0..<8 { _ = await bench.refusal { () async throws(OTPError) in try await bench.verify(wrong) } }
        #expect(try await bench.verify(code, bench.another(), attempt: attempt) == .taken(recoveryCodesLeft: 10))
        let recovery = try codes.submitted(0)
        _ = try await bench.engine.pay(.recoveryCode(recovery), of: bench.person, attempt: attempt)
        #expect(
            try await bench.another().verify(recovery, of: bench.person, attempt: attempt) == .taken(recoveryCodesLeft: 9))
    }

    @Test("a store that is down refuses everything")
    func down() async throws {
        let bench = Bench()
        let (app, codes) = try await bench.enrol()
        bench.store.failReads(true)
        let code = try app.code(at: bench.clock.now())
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code) } == .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(codes.submitted(0)) } == .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.begin() } == .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.engine.remove(of: bench.person) } == .unavailable)
        bench.store.failReads(false)
        bench.store.next(.unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.verify(code) } == .unavailable)
        #expect(try await bench.state.payments.isEmpty)
    }

    @Test("a cancelled guess is either not paid, or paid and recognised")
    func cancelled() async throws {
        let bench = Bench()
        let (app, _) = try await bench.enrol()
        let (attempt, code) = (bench.attempt, try app.code(at: bench.clock.now()))
        let task = Task { await bench.refusal { () async throws(OTPError) in try await bench.verify(code, attempt: attempt) } }
        task.cancel()
        let first = await task.value
        #expect(first == nil || first == .cancelled)
        let again = try await bench.verify(code, attempt: attempt)
        #expect(again == (first == nil ? .repeated(outcome: []) : .taken(recoveryCodesLeft: 10)))
    }

    @Test("an administrator of the database changes no bit of a row unseen")
    func everyBit() async throws {
        let bench = Bench()
        let store = AuthenticatedStore(bench.store, key: SecretBytes(random: bench.random))
        let engine = bench.another(store: store)
        let enrolment = try await engine.beginEnrolment(of: bench.person, label: bench.label)
        let app = AuthenticatorBench.App(enrolment)
        _ = try await engine.completeEnrolment(app.code(at: bench.clock.now()), of: bench.person, attempt: bench.attempt)
        let row = try #require(try await bench.store.wrapped.record(at: AuthenticatorState.key(of: bench.person.id, in: .standard)))
        for bit in 0..<row.value.count * 8 {
            var value = row.value
            value[bit / 8] ^= 1 << UInt8(bit % 8)
            try await rewrite(row, value, in: bench.store.wrapped)
            let found = await bench.refusal { () async throws(OTPError) in try await engine.standing(of: bench.person) }
            if found != .unavailable { Issue.record("bit \(bit) was changed unseen") }
        }
    }

    @Test("without row authenticators a changed bit of a sealed secret still opens nothing, and another's secret or digits neither")
    func sealed() async throws {
        let bench = Bench()
        let (_, _) = try await bench.enrol()
        let state = try await bench.state
        let secret = try #require(state.active).secret
        let sealer = bench.engine.sealer
        _ = try sealer.open(secret, of: bench.person.id)
        func refuses(_ secret: SealedAuthenticatorSecret, _ sealer: AuthenticatorSealer, _ subject: SubjectID) {
            do throws(OTPError) {
                _ = try sealer.open(secret, of: subject).count
                Issue.record("Another secret was opened.")
            } catch {
                #expect(error.code == .unavailable)
            }
        }
        for bit in 0..<secret.box.count * 8 {
            var changed = secret
            changed.box[bit / 8] ^= 1 << UInt8(bit % 8)
            refuses(changed, sealer, bench.person.id)
        }
        refuses(secret, sealer, SubjectID(random: bench.random))
        refuses(secret, bench.another(deployment: DeploymentID(random: bench.random)).sealer, bench.person.id)
        let longer = AuthenticatorParameters(digits: .eight)
        refuses(.init(id: secret.id, parameters: longer, keyID: secret.keyID, box: secret.box), sealer, bench.person.id)
        refuses(
            .init(id: bench.random.bytes(16), parameters: secret.parameters, keyID: secret.keyID, box: secret.box), sealer, bench.person.id)
        let recovery = try #require(state.recovery)
        for bit in 0..<recovery.box.count * 8 {
            var changed = recovery
            changed.box[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: OTPError.authenticatorTampered) { try sealer.recoveryKey(of: changed, bench.person.id).count }
        }
    }

    @Test("neither secret nor recovery codes are in the store, in any dress")
    func stolenDatabase() async throws {
        let bench = Bench()
        let (app, codes) = try await bench.enrol()
        let value = try #require(try await bench.store.wrapped.record(at: AuthenticatorState.key(of: bench.person.id, in: .standard))).value
        var needles = [app.secret.withUnsafeBytes { Array($0) }, Array(Base32.encode(app.secret.withUnsafeBytes { Array($0) }).utf8)]
        for index in 0..<10 { needles += [Array(codes.typed(index).utf8), codes[index].withUnsafeBytes { Array($0) }] }
        for needle in needles {
            #expect(!value.indices.contains { Array(value[$0...].prefix(needle.count)) == needle })
        }
        // The same codes of another person have other digests.
        let other = bench.engine.sealer.seal(codes, of: SubjectID(random: bench.random), random: bench.random)
        #expect(Set(other.digests).isDisjoint(with: try #require(try await bench.state.recovery).digests))
    }

    @Test("a damaged row is refused, not replaced")
    func damaged() async throws {
        let bench = Bench()
        var commit = StagedCommit(random: bench.random)
        commit.insert([1, 2, 3], at: AuthenticatorState.key(of: bench.person.id, in: .standard))
        try await commit.commit(to: bench.store)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.begin() } == .unavailable)
        #expect(await bench.refusal { () async throws(OTPError) in try await bench.engine.remove(of: bench.person) } == .unavailable)
    }

    private func rewrite(_ row: StoredRecord, _ value: [UInt8], in store: InMemoryRecordStore) async throws {
        try await store.commit([.delete(row.key, version: row.version)])
        try await store.commit([.put(row.key, expecting: nil, version: row.version, value: value, expiresAt: row.expiresAt)])
    }
}
