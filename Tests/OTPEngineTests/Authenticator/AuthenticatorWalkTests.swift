import IdentityTypes
import RecordStorage
import Testing

@testable import OTPEngine

/// Seeded walks over the decision: many askers at one row, each at its own step, with a clock that jumps and commits that are lost.
@Suite("No order of events, jumps of the clock and lost commits breaks a promise of an authenticator")
struct AuthenticatorWalkTests {
    typealias Decide =
        @Sendable (AuthenticatorState, AuthenticatorEvent, AuthenticatorPolicy, Timestamp) throws(OTPError) -> AuthenticatorDecision

    /// One walk; what it broke is in `broken`.
    struct Walk {
        let random: SeededRandom
        let decide: Decide
        let policy = AuthenticatorPolicy.standard
        var state = AuthenticatorState()
        var now = Timestamp(milliseconds: 1_795_478_400_000)
        var secrets: UInt8 = 0
        var broken: String?
        /// Guesses that are out: paid, and compared as right.
        var out: [(proof: AuthenticatorProof, digest: AttemptDigest)] = []
        /// The latest step that took effect, by secret, and the recovery codes that did.
        var steps: [[UInt8]: UInt64] = [:]
        var used: Set<[UInt8]> = []
        /// Payments less what was given back, by kind of budget.
        var (owed, owedRecovery) = (0, 0)
        var met: Set<String> = []

        init(_ seed: UInt64, _ decide: @escaping Decide) {
            (random, self.decide) = (SeededRandom(seed), decide)
        }

        func one(of count: Int) -> Int { Int(random.number(below: UInt64(count))) }

        mutating func newSecret() -> SealedAuthenticatorSecret {
            secrets += 1
            return SealedAuthenticatorSecret(
                id: [UInt8](repeating: secrets, count: 16), parameters: .init(digits: one(of: 2) == 0 ? .six : .eight), keyID: 1,
                box: [UInt8](repeating: 0, count: 92))
        }

        func newCodes() -> RecoverySet {
            RecoverySet(keyID: 1, box: [UInt8](repeating: 0, count: 104), digests: (0..<10).map { _ in random.bytes(16) })
        }

        mutating func commit(_ event: AuthenticatorEvent) -> AuthenticatorDecision? {
            do {
                let decision = try decide(state, event, policy, now)
                // A commit that is lost leaves the row, and grants nothing.
                guard one(of: 8) > 0 else { return nil }
                state = decision.state
                return decision
            } catch {
                met.insert(error.code.rawValue)
                return nil
            }
        }

        mutating func run(_ length: Int) {
            for _ in 0..<length where broken == nil {
                now = now + .seconds(Int64([0, 0, 1, 30, 60, 400, 4_400, -1, -45, -600][one(of: 10)]))
                if one(of: 250) == 0 { now = now + .seconds(31 * 86_400) }
                switch one(of: 16) {
                case 0 where secrets < 200: _ = commit(.beginEnrolment(newSecret()))
                case 1 where one(of: 12) == 0: if commit(.remove) != nil { out = [] }
                case 2 where one(of: 6) == 0: _ = commit(.replaceRecoveryCodes(newCodes()))
                case 3...9: guess()
                case 10...14: accept()
                default: break
                }
            }
        }

        mutating func guess() {
            let kind = AuthenticatorGuessKind.allCases[one(of: 3)]
            let secret = kind == .code ? state.active?.secret : kind == .enrolment ? state.pending?.secret : nil
            let before = state
            let digest = AttemptDigest(bytes: [UInt8](repeating: UInt8(one(of: 24)), count: 16))
            guard let decision = commit(.guess(kind, digest, digits: secret.map { Int($0.parameters.digits.rawValue) })),
                case .compare(let paidAt) = decision.permission
            else { return }
            if state.payments == before.payments {
                met.insert("asked again")
            } else {
                if state.payments.last?.digest != digest { broken = "compared before it was paid" }
                if kind == .recoveryCode { owedRecovery += 1 } else { owed += 1 }
            }
            guard one(of: 3) > 0 else { return }
            switch kind {
            case .code, .enrolment:
                guard let secret else { return }
                let step = UInt64(Int64(AuthenticatorParameters.step(at: paidAt)) + Int64(one(of: 3)) - 1)
                out.append(
                    (kind == .code ? .code(secret: secret.id, step: step) : .enrolment(secret: secret.id, step: step, newCodes()), digest))
            case .recoveryCode:
                guard let codes = state.recovery?.digests, !codes.isEmpty else { return }
                out.append((.recoveryCode(digest: codes[one(of: codes.count)]), digest))
            }
        }

        mutating func accept() {
            guard !out.isEmpty else { return }
            // Sometimes twice: it stays out.
            let (proof, digest) = out[one(of: out.count)]
            let before = state
            guard let decision = commit(.accept(proof, digest, outcome: [])) else { return }
            guard case .take = decision.permission else {
                met.insert("repeated")
                return
            }
            met.insert("\(proof.kind)")
            switch proof {
            case .code(let id, let step), .enrolment(let id, let step, _):
                if let last = steps[id], step <= last { broken = "a code was used twice, or after a later one" }
                steps[id] = step
                owed -= 1
                if before.pending?.secret.id != id, before.active?.secret.id != id { broken = "a code of no secret took effect" }
            case .recoveryCode(let code):
                if !used.insert(code).inserted { broken = "a recovery code was used twice" }
                owedRecovery -= 1
            }
            if before.payment(of: digest, proof.kind, at: now) == nil { broken = "a guess took effect that was not paid, or twice" }
        }

        mutating func check() {
            // Months that are past drop out of the counts, and a clock that goes back lets them be counted high, never low.
            let span = now - Timestamp(milliseconds: 1_795_478_400_000)
            if span < .seconds(300 * 86_400) {
                if state.budget.guesses.failures.total(at: now) < owed { broken = "a failure was forgotten" }
                if state.recoveryGuesses.failures.total(at: now) < owedRecovery { broken = "a failure at recovery codes was forgotten" }
            }
            if state.active == nil, state.recovery != nil { broken = "recovery codes outlived their app" }
            if state.payments.count > AuthenticatorState.paymentLimit { broken = "more payments than a row holds" }
        }
    }

    private static let right: Decide = { state, event, policy, now throws(OTPError) in try OTPEngine.decide(state, event, policy, at: now) }

    private func walks(_ seeds: Range<UInt64>, _ decide: @escaping Decide) -> (broken: String?, met: Set<String>) {
        var met: Set<String> = []
        for seed in seeds {
            var walk = Walk(seed, decide)
            for _ in 0..<60 where walk.broken == nil {
                walk.run(10)
                if walk.broken == nil { walk.check() }
            }
            met.formUnion(walk.met)
            if let broken = walk.broken { return (broken, met) }
        }
        return (nil, met)
    }

    @Test("every step of 300 walks keeps the promises, and the walks meet what they are about")
    func keepsItsPromises() {
        let (broken, met) = walks(0..<300, Self.right)
        #expect(broken == nil)
        let wanted: Set<String> = [
            "code", "enrolment", "recoveryCode", "repeated", "asked again", "otp.codeUsed", "otp.expired", "otp.tooManyGuesses",
            "otp.authenticatorNotFound",
        ]
        #expect(met.isSuperset(of: wanted), "\(wanted.subtracting(met)) was not met")
    }

    /// A decision that is wrong, and what the walks say of it.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let says: Set<String>
        let decide: Decide
    }

    static let mistakes: [Mistake] = [
        Mistake(testDescription: "the last step is not remembered", says: ["a code was used twice, or after a later one"]) {
            state, event, policy, now throws(OTPError) in
            var state = state
            if case .accept(.code, _, _) = event { state.active?.lastStep = 0 }
            return try decide(state, event, policy, at: now)
        },
        Mistake(testDescription: "a recovery code stays", says: ["a recovery code was used twice"]) {
            state, event, policy, now throws(OTPError) in
            var decision = try decide(state, event, policy, at: now)
            if case .accept(.recoveryCode, _, _) = event { decision.state.recovery = state.recovery }
            return decision
        },
        Mistake(testDescription: "a guess is not paid", says: ["a failure was forgotten"]) {
            state, event, policy, now throws(OTPError) in
            var decision = try decide(state, event, policy, at: now)
            if case .guess = event { decision.state.budget = state.budget }
            return decision
        },
        Mistake(testDescription: "removing refills", says: ["a failure was forgotten", "a failure at recovery codes was forgotten"]) {
            state, event, policy, now throws(OTPError) in
            var decision = try decide(state, event, policy, at: now)
            if case .remove = event { decision.state = AuthenticatorState() }
            return decision
        },
        Mistake(testDescription: "an enrolment refills", says: ["a failure was forgotten"]) { state, event, policy, now throws(OTPError) in
            var decision = try decide(state, event, policy, at: now)
            if case .accept(.enrolment, _, _) = event { decision.state.budget = AuthenticatorBudget() }
            return decision
        },
    ]

    @Test("a decision that is wrong is found", arguments: mistakes)
    func findsTheMistake(_ mistake: Mistake) {
        let (broken, _) = walks(0..<300, mistake.decide)
        #expect(broken.map { mistake.says.contains($0) } == true, "\(broken ?? "nothing was found")")
    }
}
