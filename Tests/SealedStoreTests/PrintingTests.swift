import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import SealedStore

/// `SecretBytes` and `SecretNumber` cannot be given to `print` at all: that is tested by compiling. Here: whatever holds one.
@Suite struct PrintingTests {
    /// Everything that Swift can make of a value in text.
    private func texts(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        var mirrored = ""
        var mirror: Mirror? = Mirror(reflecting: value)
        while let level = mirror {
            for child in level.children { mirrored += "\(child.label ?? "") \(child.value) \(String(reflecting: child.value))\n" }
            mirror = level.superclassMirror
        }
        return [dumped, mirrored, "\(value)", String(describing: value), String(reflecting: value)].joined(separator: "\n")
    }

    /// Whether a text has these bytes: in hexadecimal, as characters, or as a sequence of decimal numbers.
    private func shows(_ text: String, _ bytes: [UInt8]) -> Bool {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { UInt8($0) }
        let head = Array(bytes.prefix(6))
        let runs = numbers.count >= 6 ? (0...numbers.count - 6).contains { Array(numbers[$0..<$0 + 6]) == head } : false
        return runs || text.lowercased().contains(Hexadecimal.encode(head)) || text.contains(String(decoding: bytes, as: UTF8.self))
    }

    @Test func `The search finds what it looks for`() {
        let key: [UInt8] = [200, 13, 7, 99, 0, 255, 4, 4]
        #expect(shows(texts(key), key))
        #expect(shows("c80D0763 00ff".replacing(" ", with: ""), key))
        #expect(!shows(texts(Array(key.reversed())), key))
        #expect(shows(texts(["number": "41446681800"]), Array("41446681800".utf8)))
    }

    @Test func `No holder of keys shows one, however it is printed`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, tags) = try await parties.enrol("+41446681800")
        let passphrase = KeyringPassphrase(TestParties.passphrase)
        let log = try LogKeyring(path: parties.directory + "/log.keyring", passphrase: passphrase)
        let secrets = parties.host.keys
        let keys = [
            Array(TestParties.passphrase.utf8), bytes(of: secrets.pepper), bytes(of: secrets.recordKey), bytes(of: secrets.pseudonymRoot),
            bytes(of: secrets.proofKey), bytes(of: parties.host.tokenRoots()[0].copy()), bytes(of: parties.host.codeRoots()[0].copy()),
            bytes(of: parties.keyService.keyEncryptionKey), bytes(of: parties.keyService.indexKey), bytes(of: parties.keyService.budgetKey),
            bytes(of: parties.sender.secret), bytes(of: log.seed), Array("41446681800".utf8),
        ]
        let holders: [Any] = [
            parties.host, secrets, parties.host.tokenRoots(), parties.keyService, parties.sender, log, passphrase, parties.rows,
            parties.vault, parties.service, parties.sweep, parties.sender(to: RecordingRecipient()), prepared, tags,
            parties.order(prepared),
            PseudonymIndex(store: parties.rows, partitions: TestParties.partitions, keyring: parties.host),
            SignUpCryptography(host: parties.host, keyService: parties.keyService), KeyringCeremony(origin: "example.com/test"),
        ]
        for holder in holders {
            let text = texts(holder)
            for key in keys { #expect(!shows(text, key), "\(type(of: holder))") }
        }
    }

    @Test func `No refusal shows a number, a key or a passphrase`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        let sender = parties.sender(to: RecordingRecipient())
        var errors: [any Error] = []
        func note(_ body: () async throws -> Void) async {
            do { try await body() } catch { errors.append(error) }
        }
        await note { try await sender.send(parties.order(prepared, grant: [UInt8](repeating: 9, count: 16))) }
        await note { try await sender.send(parties.order(prepared, grant: [UInt8](repeating: 9, count: 16))) }
        await note { _ = try await parties.enrol("+41446681800") }
        await note { _ = try secret("41446681800") }
        await note { _ = try secret("+41446681800x") }
        await note { _ = try HostKeyring(path: parties.directory + "/host.keyring", passphrase: KeyringPassphrase("hunter2hunter2")) }
        try await parties.overwrite(prepared.vaultKey, with: prepared.value.dropLast() + [0], authenticated: true)
        await note { try await sender.send(parties.order(prepared)) }
        try await parties.overwrite(prepared.vaultKey, with: prepared.value, authenticated: false)
        await note { try await sender.send(parties.order(prepared)) }
        #expect(errors.count == 7)
        for error in errors {
            for key in ["41446681800", "446681800", "hunter2", TestParties.passphrase] {
                #expect(!shows(texts(error), Array(key.utf8)))
            }
        }
    }
}
