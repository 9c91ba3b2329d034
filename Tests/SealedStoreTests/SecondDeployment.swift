import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

/// What the second implementation made, from `Documentation/Formats.md` alone: keyrings, rows of both stores, people, a custody.
///
/// Its lines are told in `Tests/Interop/sealed-record/deployment.py`.
struct SecondDeployment {
    let host: HostKeyring
    let keyService: KeyServiceKeyring
    let sender: SenderKeyring
    let log: LogKeyring
    let opener: OpenerKeyring
    let identity = InMemoryRecordStore()
    let keys = InMemoryRecordStore()
    let clock = TestClock()
    let people: [[String]]
    /// Whose record is being sealed anew: digits, subject, record, digest of the request.
    let due: [String]
    /// The files of the custody, by name.
    let custody: [String: [UInt8]]

    init() async throws {
        let lines = try Self.lines(of: "second-implementation")
        func keyring(_ kind: String) throws -> [UInt8] {
            try Self.unhex(try #require(lines.first { $0[0] == "keyring" && $0[1] == kind })[2])
        }
        let passphrase = KeyringPassphrase(TestParties.passphrase)
        host = try Self.inFile(keyring("host")) { try HostKeyring(path: $0, passphrase: passphrase) }
        keyService = try Self.inFile(keyring("keyservice")) { try KeyServiceKeyring(path: $0, passphrase: passphrase) }
        sender = try Self.inFile(keyring("sender")) { try SenderKeyring(path: $0, passphrase: passphrase) }
        log = try Self.inFile(keyring("log")) { try LogKeyring(path: $0, passphrase: passphrase) }
        opener = try Self.inFile(keyring("opener")) { try OpenerKeyring(path: $0, passphrase: passphrase) }
        people = lines.filter { $0[0] == "person" }.map { Array($0.dropFirst()) }
        due = try #require(lines.first { $0[0] == "due" }.map { Array($0.dropFirst()) })
        custody = Dictionary(
            uniqueKeysWithValues: try lines.filter { $0[0] == "custody" }.map { (String($0[1]), try Self.unhex($0[2])) })
        for line in lines where line[0] == "row" {
            let key = RecordKey(
                partition: Partition(rawValue: try #require(UInt16(line[2]))),
                collection: try #require(RecordCollection(rawValue: line[3])),
                row: try Self.unhex(line[4]))
            let version = try #require(RecordVersion(bytes: Self.unhex(line[5])))
            let expiry = Int64(line[6]).map { Timestamp(milliseconds: $0) }
            try await (line[1] == "identity" ? identity : keys).commit([
                .put(key, expecting: nil, version: version, value: Self.unhex(line[7]), expiresAt: expiry)
            ])
        }
    }

    static func lines(of name: String) throws -> [[String]] {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Vectors"))
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: " ").map(String.init) }
    }

    static func unhex(_ hexadecimal: String) throws -> [UInt8] {
        hexadecimal == "-" ? [] : try #require(Hexadecimal.decode(hexadecimal))
    }

    /// Reads what only a path leads to.
    static func inFile<Value: ~Copyable>(_ bytes: [UInt8], _ read: (String) throws -> Value) throws -> Value {
        let path = NSTemporaryDirectory() + "second-" + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try read(path)
    }

    func service(budget: LocalKeyService.Budget = .init(), log: (any LogEvidenceVerifier)? = nil) -> LocalKeyService {
        LocalKeyService(
            store: keys, keyring: keyService, partitions: TestParties.partitions, budget: budget, log: log, time: clock,
            forgetOldPages: { true })
    }

    var rows: AuthenticatedStore<InMemoryRecordStore> { host.authenticated(identity) }

    var vault: NumberVault {
        NumberVault(
            store: rows, partitions: TestParties.partitions, keyring: host, keyService: service(), evaluator: service())
    }

    // MARK: The custody

    func file(_ name: String) throws -> [UInt8] { try #require(custody[name], "there is no \(name)") }

    /// Files of one kind, by whom they are of or from.
    func files(_ kind: String) -> [(name: String, bytes: [UInt8])] {
        custody.filter { $0.key.hasPrefix(kind + ".") }.map { (String($0.key.dropFirst(kind.count + 1)), $0.value) }
            .sorted { $0.name < $1.name }
    }

    func person(_ name: String) throws -> PersonKeyring {
        try Self.inFile(try file("person.\(name)")) {
            try PersonKeyring(path: $0, passphrase: KeyringPassphrase(TestParties.passphrase))
        }
    }

    func share(_ name: String, _ kind: String = "share") throws -> QuorumShare {
        try Self.inFile(try file("\(kind).\(name)")) { try QuorumShare(path: $0, passphrase: KeyringPassphrase(TestParties.passphrase)) }
    }

    func recipient(_ number: Int) throws -> RecipientKey {
        try Self.inFile(try file("recipient-\(number)")) {
            try RecipientKey(path: $0, passphrase: KeyringPassphrase(TestParties.passphrase))
        }
    }

    func roster(_ number: Int) throws -> Roster {
        try Roster(try file("roster-\(number)"), custodians: try #require(host.custodians))
    }

    func deals(_ kind: String) throws -> [ShareDeal] { try files(kind).map { try ShareDeal(bytes: $0.bytes) } }
}
