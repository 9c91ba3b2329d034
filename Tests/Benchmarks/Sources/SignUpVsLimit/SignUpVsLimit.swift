// figure signup-vs-limit: one at a time on SQLite, the time of 4 raw one-row transactions and the sign-up's cryptography alone, as
// a share of the time of a complete sign-up (begin, pay, put in the key service, enrol). All three in turn, medians of the rounds.
import BenchmarkSupport
import Foundation
import Measuring
import PhoneIdentity
import PhoneIdentityTesting
import SQLiteStorage

@main
struct SignUpVsLimit {
    static func main() async throws { try await Measurement.run() }
}

/// Away from the main actor, so that no measured step hops.
private enum Measurement {
    static func run() async throws {
        let folder = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path()
        let directory = "\(folder)/signup-vs-limit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }

        let random = SystemRandomSource()
        let passphrase = KeyringPassphrase("benchmark")
        try KeyringCeremony(origin: "example.com/benchmark", work: .testing).perform(
            directory: directory, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)
        let hostKeyring = try HostKeyring(path: "\(directory)/host.keyring", passphrase: passphrase)
        let keyServiceKeyring = try KeyServiceKeyring(path: "\(directory)/keyservice.keyring", passphrase: passphrase)

        let identityStore = try await SQLiteRecordStore(path: "\(directory)/identity.sqlite")
        let shredStore = try await SQLiteRecordStore(path: "\(directory)/shred.sqlite")
        let keyService = LocalKeyService(
            store: shredStore, keyring: keyServiceKeyring,
            forgetOldPages: { () throws(StorageError) in try await shredStore.truncateWriteAheadLog() })
        let inbox = DevelopmentInbox()
        var policy = IdentityPolicy(template: CodeTemplate(brand: "Benchmark"))
        policy.abuse = .forNumbersOfTests
        let service = try await IdentityService.open(
            IdentityEnvironment(
                identityStore: identityStore,
                forgetOldPages: { () throws(StorageError) in try await identityStore.truncateWriteAheadLog() },
                keyring: hostKeyring, keyService: keyService, tagEvaluator: keyService, transport: inbox,
                log: try IdentityEnvironment.Log(
                    directory: "\(directory)/log", head: "\(directory)/log.head",
                    keyring: try LogKeyring(path: "\(directory)/log.keyring", passphrase: passphrase)),
                policy: policy))

        let raw = RawSQLite(path: "\(directory)/raw.sqlite")
        let cryptography = SignUpCryptography(host: hostKeyring, keyService: keyServiceKeyring)

        try await withThrowingTaskGroup(of: Void.self) { group in
            // The sequencer and all else that runs beside a service.
            group.addTask { await service.run() }
            let (rounds, each) = (31, 20)
            var next = 0
            var (complete, transactions, alone, ratios): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
            for round in -3..<rounds {
                let whole = try await microseconds(each) { _ in
                    next += 1
                    try await signUp(next, service, inbox)
                }
                let limit = 4 * (await microseconds(4 * each) { _ in raw.transaction() })
                let sealing = try await microseconds(each) { index in
                    try await cryptography.perform(e164: Array(number(index).utf8).span)
                }
                guard round >= 0 else { continue }
                complete.append(whole)
                transactions.append(limit)
                alone.append(sealing)
                ratios.append((limit + sealing) / whole)
            }
            let ratio = (median(transactions) + median(alone)) / median(complete)
            print(
                String(
                    format:
                        "figure signup-vs-limit %.2f x; 4 raw transactions %.0f us + cryptography %.0f us, complete sign-up %.0f us, median of rounds %.2f",
                    ratio, median(transactions), median(alone), median(complete), median(ratios)))
            group.cancelAll()
        }
    }
}

func number(_ index: Int) -> String {
    let digits = String(index)
    return "+4178" + String(repeating: "0", count: 7 - digits.count) + digits
}

func signUp(_ index: Int, _ service: IdentityService, _ inbox: DevelopmentInbox) async throws {
    let number = number(index)
    let requester = Requester(session: [1])
    let receipt = try await service.begin(.signUp, number: number, region: nil, requester: requester)
    guard let item = await inbox.take(for: number), let code = DevelopmentInbox.code(in: item.text),
        case .enrolled = try await service.complete(
            receipt.token, code: code, attempt: AttemptID(random: SystemRandomSource()), requester: requester
        ).verdict
    else { fatalError("A sign-up did not end in an enrolment.") }
}
