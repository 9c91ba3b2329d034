import CryptoPrimitives
import IdentityTypes
import RecordStorage

@testable import OTPEngine

/// One deployment with authenticator apps, and an app that a test reads.
struct AuthenticatorBench {
    /// A person's app: it has the secret, and shows codes.
    final class App: Sendable {
        let secret: SecretBytes
        let parameters: AuthenticatorParameters

        init(secret: consuming SecretBytes, parameters: AuthenticatorParameters) {
            self.secret = secret
            self.parameters = parameters
        }

        func code(at time: Timestamp, steps: Int64 = 0) throws(OTPError) -> SubmittedCode {
            let step = UInt64(Int64(AuthenticatorParameters.step(at: time)) + steps)
            return try SubmittedCode(utf8: parameters.code(of: secret, at: step).withUnsafeBytes { Array($0) })
        }

        /// None of the codes that could be right.
        func wrong(at time: Timestamp) throws(OTPError) -> SubmittedCode {
            let right = (-1...1).map { step in
                parameters.code(of: secret, at: UInt64(Int64(AuthenticatorParameters.step(at: time)) + step)).withUnsafeBytes { Array($0) }
            }
            var digits = right[1]
            while right.contains(digits) { digits[0] = 0x30 + (digits[0] - 0x30 + 1) % 10 }
            return try SubmittedCode(utf8: digits)
        }
    }

    let clock = StoppedClock()
    let store = FaultyStore()
    let random: SeededRandom
    let deployment: DeploymentID
    let engine: AuthenticatorEngine
    let person: AuditSubject

    init(_ seed: UInt64 = 1, policy: AuthenticatorPolicy = .standard) {
        random = SeededRandom(seed)
        deployment = DeploymentID(random: random)
        person = AuditSubject(id: SubjectID(random: random), historyKey: random.bytes(32))
        engine = AuthenticatorEngine(
            store: store, deployment: deployment, partitions: .standard, time: clock, random: random, recorder: EventRows(),
            keys: TestBench.keys(3), policy: policy, retry: ConflictRetry(attempts: 200))
    }

    /// Another process, with a queue of its own.
    func another(
        keys: RootKeys = TestBench.keys(3), store: (any RecordStore)? = nil, deployment: DeploymentID? = nil, attempts: Int = 200
    ) -> AuthenticatorEngine {
        AuthenticatorEngine(
            store: store ?? self.store, deployment: deployment ?? self.deployment, partitions: .standard, time: clock, random: random,
            recorder: EventRows(), keys: keys, policy: engine.policy, retry: ConflictRetry(attempts: attempts))
    }

    var attempt: AttemptID { AttemptID(random: random) }
    var label: AuthenticatorLabel { try! AuthenticatorLabel(issuer: "Tèst & Co", account: "ann@example.com") }

    func begin(_ parameters: AuthenticatorParameters = .standard) async throws(OTPError) -> App {
        App(try await engine.beginEnrolment(of: person, label: label, parameters: parameters))
    }

    /// Begins and completes; the clock goes on until the code used for it is over.
    func enrol(_ parameters: AuthenticatorParameters = .standard) async throws -> (App, RecoveryCodes) {
        let app = try await begin(parameters)
        guard case .enrolled(let codes) = try await engine.completeEnrolment(app.code(at: clock.now()), of: person, attempt: attempt) else {
            throw OTPError.busy
        }
        clock.advance(.seconds(60))
        return (app, codes)
    }

    func verify(_ code: SubmittedCode, _ engine: AuthenticatorEngine? = nil, attempt: AttemptID? = nil) async throws(OTPError)
        -> AuthenticatorAcceptance
    {
        try await (engine ?? self.engine).verify(code, of: person, attempt: attempt ?? self.attempt)
    }

    func verify(_ code: SubmittedRecoveryCode, _ engine: AuthenticatorEngine? = nil) async throws(OTPError) -> AuthenticatorAcceptance {
        try await (engine ?? self.engine).verify(code, of: person, attempt: attempt)
    }

    var state: AuthenticatorState {
        get async throws {
            let record = try await store.wrapped.record(at: AuthenticatorState.key(of: person.id, in: .standard))
            return try record.map { try decodeRecord($0, AuthenticatorState.init(from:)) } ?? AuthenticatorState()
        }
    }

    /// Entries that were recorded, in no order.
    func events() async throws -> [String] {
        try await store.wrapped.records(in: RecordRange(partition: Partition(rawValue: 0), collection: EventRows.collection), limit: 1_000)
            .map { String(decoding: $0.value, as: UTF8.self) }
    }

    func refusal<Value: ~Copyable>(_ operation: () async throws(OTPError) -> Value) async -> OTPError.Code? {
        do {
            _ = try await operation()
            return nil
        } catch {
            return error.code
        }
    }
}

extension AuthenticatorBench.App {
    /// Reads the secret out of the URI, as an app does.
    convenience init(_ enrolment: AuthenticatorEnrolment) {
        let text = enrolment.withURI { String(decoding: $0, as: UTF8.self) }
        let base32 = text.split(separator: "secret=")[1].prefix { $0 != "&" }
        self.init(secret: SecretBytes(copying: Base32.decode(base32.lowercased())!), parameters: enrolment.parameters)
    }
}

extension RecoveryCodes {
    func typed(_ index: Int) -> String { withCode(index) { String(decoding: $0, as: UTF8.self) } }
    func submitted(_ index: Int) throws(OTPError) -> SubmittedRecoveryCode { try SubmittedRecoveryCode(typed(index)) }
}

/// Each event as a row of the commit, under its own id.
struct EventRows: EventRecorder {
    static let collection: RecordCollection = "test-events"

    func record(_ events: [AuditEvent], in commit: inout StagedCommit) {
        for event in events {
            let text = (["\(event.action)"] + event.details.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
            commit.insert(Array(text.utf8), at: RecordKey(partition: Partition(rawValue: 0), collection: Self.collection, row: event.id))
        }
    }

    func acknowledged(_ events: [[UInt8]]) async throws(StorageError) {}
}
