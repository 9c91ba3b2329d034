import AuditLog
import ConsentLedger
import CryptoPrimitives
import Foundation
import IdentityTypes
import Messaging
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

/// An error as a caller meets it.
struct Refused: Sendable {
    let code: String
    /// What is said, printed or dumped of it.
    let texts: [String]
    /// Whether a row of either store, or a file, is another than before.
    let wrote: Bool
}

/// One way to get one code.
struct Provocation: Sendable, CustomTestStringConvertible {
    let code: String
    let what: String
    /// Why rows change all the same; `nil` where nothing may.
    let writes: String?
    let body: @Sendable (ErrorBench) async throws -> Refused

    init(_ code: String, _ what: String, writes: String? = nil, _ body: @escaping @Sendable (ErrorBench) async throws -> Refused) {
        self.code = code
        self.what = what
        self.writes = writes
        self.body = body
    }

    var testDescription: String { "\(code): \(what)" }

    static let all = numbers + challenges + people + methods + storage + keys + log
}

/// A deployment in which things go wrong.
final class ErrorBench: Sendable {
    let deployment: TestDeployment
    let process: TestProcess
    /// Of this test's own.
    let directory: String
    static let number = TestProcess.number(11)
    static let other = TestProcess.number(12)

    var service: IdentityService { process.service }

    init() async throws {
        deployment = try TestDeployment()
        process = try await deployment.open()
        directory = NSTemporaryDirectory() + "errors-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        deployment.keepSecret(
            TestKeyrings.passphrase, Self.number, Self.other,
            deployment.keyrings.log.seed.withUnsafeBytes { Hexadecimal.encode(Array($0)) },
            deployment.keyrings.host.keys.pepper.withUnsafeBytes { "\(Array($0))" })
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Does what is to be refused, and looks at what it left.
    func refused(_ action: () async throws -> some Any) async throws -> Refused {
        let before = (try await deployment.rows(), try files())
        do {
            _ = try await action()
        } catch {
            guard let (code, reason) = Self.code(of: error) else { throw error }
            let after = (try await deployment.rows(), try files())
            return Refused(
                code: code, texts: [reason, String(describing: error), String(reflecting: error), "\(dumped(error))"],
                wrote: before != after)
        }
        throw Unexpected("it was not refused")
    }

    /// What is in the files of this test and of its keyrings.
    private func files() throws -> [String: [UInt8]] { try DiskContents.of([directory, deployment.keyrings.directory]) }

    private func dumped(_ error: any Error) -> String {
        var text = ""
        dump(error, to: &text)
        return text
    }

    private static func code(of error: any Error) -> (String, String)? {
        switch error {
        case let error as IdentityError: (error.code.rawValue, error.reason)
        case let error as OTPError: (error.code.rawValue, error.reason)
        case let error as StorageError: (error.code.rawValue, error.reason)
        case let error as VaultError: (error.code.rawValue, error.reason)
        case let error as ConsentError: (error.code.rawValue, error.reason)
        case let error as AuditError: (error.code.rawValue, error.reason)
        case let error as TransportError: (error.code.rawValue, error.reason)
        case let error as KeyringError: (error.code.rawValue, error.reason)
        case let error as CryptoError: (error.code.rawValue, error.reason)
        case let error as PhoneNumberError: (error.code.rawValue, error.reason)
        default: nil
        }
    }

    /// What is refused in a task that was cancelled before it began.
    func cancelled(_ action: @escaping @Sendable () async throws -> some Sendable) async throws -> Refused {
        try await refused {
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await action()
            }
            task.cancel()
            return try await task.value
        }
    }

    // MARK: What comes before

    func begun(_ occasion: Occasion = .signUp, _ number: String = number) async throws -> (receipt: ChallengeReceipt, code: String) {
        let receipt = try await process.begin(occasion, number)
        return (receipt, try #require(try await process.code(number)))
    }

    /// A person with an account, an hour ago.
    func person(_ consents: [ConsentDecision] = [TestProcess.decision(.stepUpVerification)]) async throws -> Pseudonym {
        let person = try await process.signUp(Self.number, consents: consents)
        deployment.clock.advance(by: .seconds(3600))
        return person
    }

    func process(_ change: (inout IdentityPolicy) throws -> Void) async throws -> TestProcess {
        var policy = TestDeployment.policy
        try change(&policy)
        return try await deployment.open(policy)
    }

    /// A log of one sign-up.
    func log() async throws -> LogKey {
        try await process.signUp(Self.number)
        _ = try await deployment.entries(process)
        return service.logKey
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = directory + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    static let passphrase = KeyringPassphrase(TestKeyrings.passphrase)

    /// A commit of one row.
    static func put(_ row: [UInt8] = [1], _ value: [UInt8] = [1], _ random: some RandomSource = SystemRandomSource()) -> RecordChange {
        .put(
            RecordKey(partition: Partition(rawValue: 1), collection: "test", row: row), expecting: nil,
            version: RecordVersion(random: random), value: value, expiresAt: nil)
    }
}
