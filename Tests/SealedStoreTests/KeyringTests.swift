import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

/// The code with which a keyring is refused; `nil` when it is not.
private func keyringCode(_ body: () throws -> Void) throws -> KeyringError.Code? {
    do {
        try body()
        return nil
    } catch let error as KeyringError {
        return error.code
    }
}

@Suite struct KeyringTests {
    private let passphrase = KeyringPassphrase(TestParties.passphrase)

    private func file(_ parties: TestParties, _ name: String) throws -> [UInt8] {
        Array(try #require(FileManager.default.contents(atPath: "\(parties.directory)/\(name)")))
    }

    /// Writes bytes to a file of its own and opens it as the host's keyring.
    private func open(_ bytes: [UInt8], in parties: TestParties, passphrase: KeyringPassphrase? = nil) throws -> KeyringError.Code? {
        let path = parties.directory + "/changed.keyring"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try keyringCode { _ = try HostKeyring(path: path, passphrase: passphrase ?? self.passphrase) }
    }

    @Test func `A ceremony writes four files that their owner alone may read, with the same deployment and no key twice`() throws {
        let parties = try TestParties()
        let names = KeyringCeremony(origin: "example.com/test").fileNames
        for name in names {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(parties.directory)/\(name)")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
            #expect(try file(parties, name)[10..<26].elementsEqual(parties.deployment.bytes))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parties.directory).sorted() == names.sorted())
        #expect(parties.host.deployment == parties.deployment && parties.keyService.deployment == parties.deployment)
        #expect(parties.sender.deployment == parties.deployment)
        let log = try LogKeyring(path: parties.directory + "/log.keyring", passphrase: passphrase)
        #expect(log.deployment == parties.deployment && log.origin == "example.com/test")

        let secrets = parties.host.keys
        let tokenRoots = parties.host.tokenRoots().map { bytes(of: $0.copy()) }
        let codeRoots = parties.host.codeRoots().map { bytes(of: $0.copy()) }
        let keys = [
            bytes(of: secrets.pepper), bytes(of: secrets.recordKey), bytes(of: secrets.pseudonymRoot), bytes(of: secrets.proofKey),
            bytes(of: parties.keyService.keyEncryptionKey), bytes(of: parties.keyService.indexKey), bytes(of: parties.keyService.budgetKey),
            bytes(of: parties.sender.secret), bytes(of: log.seed),
        ]
        #expect(Set(keys + tokenRoots + codeRoots).count == 11)
        #expect(bytes(of: parties.keyService.proofKey) == bytes(of: secrets.proofKey))
    }

    @Test func `Keys are never overwritten`() throws {
        let parties = try TestParties()
        let ceremony = KeyringCeremony(origin: "example.com/test", work: .testing)
        let before = try ceremony.fileNames.map { try file(parties, $0) }
        let again = try keyringCode {
            try ceremony.perform(
                directory: parties.directory, deployment: parties.deployment, passphrase: passphrase, random: parties.random)
        }
        #expect(again == .exists)
        #expect(try ceremony.fileNames.map { try file(parties, $0) } == before)
    }

    @Test func `A ceremony that cannot write, or has no name for its log, says so`() throws {
        let parties = try TestParties()
        let nowhere = try keyringCode {
            try KeyringCeremony(origin: "example.com/test", work: .testing).perform(
                directory: parties.directory + "/nowhere", deployment: parties.deployment, passphrase: passphrase, random: parties.random)
        }
        #expect(nowhere == .system)
        for origin in ["", "two words", "a+b", "line\n"] {
            let code = try keyringCode {
                try KeyringCeremony(origin: origin, work: .testing).perform(
                    directory: NSTemporaryDirectory(), deployment: parties.deployment, passphrase: passphrase, random: parties.random)
            }
            #expect(code == .malformed)
        }
    }

    @Test func `Another passphrase opens nothing; a line end after it makes no other`() throws {
        let parties = try TestParties()
        let host = try file(parties, "host.keyring")
        for wrong in ["", "correct horse batter", "correct horse battery ", "Correct horse battery", "correct horse battery\0"] {
            #expect(try open(host, in: parties, passphrase: KeyringPassphrase(wrong)) == .wrongPassphrase)
        }
        for right in ["correct horse battery\n", "correct horse battery\r\n"] {
            #expect(try open(host, in: parties, passphrase: KeyringPassphrase(right)) == nil)
        }
        let path = parties.directory + "/passphrase"
        #expect(try keyringCode { _ = try KeyringPassphrase(file: path) } == .missing)
        try Data("correct horse battery\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try open(host, in: parties, passphrase: KeyringPassphrase(file: path)) == nil)
    }

    @Test func `A passphrase that opened one deployment's keyring is hashed anew for another's`() throws {
        let (parties, strangers) = (try TestParties(), try TestParties())
        let shared = KeyringPassphrase(TestParties.passphrase)
        for _ in 0..<2 {
            #expect(try HostKeyring(path: parties.directory + "/host.keyring", passphrase: shared).deployment == parties.deployment)
            #expect(try HostKeyring(path: strangers.directory + "/host.keyring", passphrase: shared).deployment == strangers.deployment)
        }
    }

    @Test func `A file with one bit changed gives no key`() throws {
        let parties = try TestParties()
        let host = try file(parties, "host.keyring")
        #expect(try open(host, in: parties) == nil)
        var codes: [KeyringError.Code: Int] = [:]
        // Left out: the high bits of the memory that the passphrase's hash shall take, which would be taken.
        for bit in 0..<host.count * 8 where !(46 * 8..<48 * 8).contains(bit) {
            var changed = host
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let code = try #require(try open(changed, in: parties), "bit \(bit) opens")
            codes[code, default: 0] += 1
        }
        #expect(Set(codes.keys) == [.malformed, .wrongKind, .wrongPassphrase])
        #expect(codes[.wrongKind] == 8)
    }

    @Test func `A file cut anywhere, made longer, or put together from two gives no key`() throws {
        let (parties, strangers) = (try TestParties(), try TestParties())
        let (host, other) = (try file(parties, "host.keyring"), try file(strangers, "host.keyring"))
        for cut in 0..<host.count {
            let code = try open(Array(host[..<cut]), in: parties)
            #expect(code == (cut <= 50 + 72 ? .malformed : .wrongPassphrase), "cut at \(cut)")
        }
        #expect(try open(host + [0], in: parties) == .wrongPassphrase)
        #expect(try open(Array(host[..<50]) + other[50...], in: parties) == .wrongPassphrase)
        #expect(try open(Array(repeating: 0x53, count: 1 << 20 + 1), in: parties) == .system)
        #expect(try keyringCode { _ = try HostKeyring(path: parties.directory + "/none", passphrase: passphrase) } == .missing)
        #expect(try keyringCode { _ = try HostKeyring(path: parties.directory, passphrase: passphrase) } == .system)
    }

    @Test func `A keyring under another passphrase holds the same keys, and the first stays as it is`() throws {
        let parties = try TestParties(custody: try TestCustody())
        let new = KeyringPassphrase("another party's words")
        for name in ["host", "keyservice", "sender", "log", "opener"] {
            let (old, path) = ("\(parties.directory)/\(name).keyring", "\(parties.directory)/\(name).new")
            let before = try file(parties, "\(name).keyring")
            try KeyringFile.reseal(old, passphrase, to: path, under: new, work: .testing, random: parties.random)
            #expect(try file(parties, "\(name).keyring") == before)
            #expect(try keyringCode { _ = try KeyringFile(path: path, kind: nil, passphrase: passphrase) } == .wrongPassphrase)
            let twice = try keyringCode {
                try KeyringFile.reseal(old, passphrase, to: path, under: new, work: .testing, random: parties.random)
            }
            #expect(twice == .exists)
            let wrong = try keyringCode {
                try KeyringFile.reseal(old, new, to: path + "2", under: new, work: .testing, random: parties.random)
            }
            #expect(wrong == .wrongPassphrase)
        }
        let host = try HostKeyring(path: parties.directory + "/host.new", passphrase: new)
        #expect(bytes(of: host.keys.pepper) == bytes(of: parties.host.keys.pepper) && host.card == parties.host.card)
        let opener = try OpenerKeyring(path: parties.directory + "/opener.new", passphrase: new)
        #expect(opener.custodians == parties.host.custodians && bytes(of: opener.pepper.secret) == bytes(of: host.keys.pepper))
        #expect(try keyringCode { _ = try OpenerKeyring(path: parties.directory + "/host.new", passphrase: new) } == .wrongKind)
    }

    @Test func `A header cannot make the passphrase's hash take all memory or all day`() throws {
        let parties = try TestParties()
        let host = try file(parties, "host.keyring")
        for (offset, value) in [(42, UInt32(0)), (42, 65), (42, .max), (46, 8_191), (46, 1 << 30 + 1), (46, .max)] {
            var changed = host
            withUnsafeBytes(of: value.bigEndian) { changed.replaceSubrange(offset..<offset + 4, with: $0) }
            #expect(try open(changed, in: parties) == .malformed)
        }
    }

    @Test func `A keyring without one of its keys, or with one too short, is incomplete`() throws {
        let parties = try TestParties()
        let names = ["pepper", "record-mac", "pseudonym-root", "token", "code", "authenticator", "proof", "attestation"]
        func make(without missing: String?, short: String?) throws -> KeyringError.Code? {
            var entries = KeyringEntries()
            for name in names where name != missing {
                entries.add(name, SecretBytes(count: name == short ? 31 : 32, random: parties.random))
            }
            for name in ["token-id", "code-id", "authenticator-id", "index-epoch"] where name != missing {
                entries.add(name, [0, 0, 0, 7])
            }
            let path = parties.directory + "/" + UUID().uuidString
            try KeyringFile.create(
                at: path, kind: .host, deployment: parties.deployment.bytes, entries: entries, passphrase: passphrase,
                salt: parties.random.bytes(16), work: .testing, random: parties.random)
            return try keyringCode {
                let keyring = try HostKeyring(path: path, passphrase: passphrase)
                #expect(keyring.senderPublicKey == nil && keyring.indexEpoch == 7 && keyring.tokenRoots().map(\.id) == [7])
            }
        }
        #expect(try make(without: nil, short: nil) == nil)
        for name in names + ["token-id", "code-id", "authenticator-id", "index-epoch"] {
            #expect(try make(without: name, short: nil) == .incomplete)
        }
        for name in names { #expect(try make(without: nil, short: name) == .incomplete) }
    }
}
