public import CryptoPrimitives
import IdentityTypes
package import RecordStorage
import Synchronization

/// Why a keyring file was not opened or made.
public struct KeyringError: Error, Hashable, Sendable {
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The file is not there.
        public static let missing = Self(rawValue: "keyring.missing")
        /// The file is there already, and keys are never overwritten.
        public static let exists = Self(rawValue: "keyring.exists")
        /// The file is no keyring, was cut, or is from a newer version.
        public static let malformed = Self(rawValue: "keyring.malformed")
        /// The passphrase is not the one it was sealed with, or the file was changed.
        public static let wrongPassphrase = Self(rawValue: "keyring.wrongPassphrase")
        /// It is a keyring of another party.
        public static let wrongKind = Self(rawValue: "keyring.wrongKind")
        /// A key it should hold is not in it.
        public static let incomplete = Self(rawValue: "keyring.incomplete")
        /// The system refused to read or write, or has not the memory that the passphrase's hash needs.
        public static let system = Self(rawValue: "keyring.system")
    }

    public let code: Code
    public let reason: String

    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension KeyringError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(reason)" }
}

/// Which party a keyring belongs to. Each holds only that party's keys.
package enum KeyringKind: UInt8, Sendable {
    case host = 1
    case keyService = 2
    case sender = 3
    case log = 4
    /// One person of the custody.
    case person = 5
    /// One person's share of a quorum's key.
    case share = 6
    /// The one-time key of one request's recipient.
    case recipient = 7
    /// The machine on which records are opened to people.
    case opener = 8
}

/// A passphrase and its Argon2id key, computed once for all keyrings that share a salt.
public final class KeyringPassphrase: Sendable {
    private let passphrase: SecretBytes
    private let derived = Mutex<DerivedKey?>(nil)

    /// - Parameter bytes: UTF-8; a newline at the end, as files and terminals add one, is not part of it.
    public init(_ bytes: consuming SecretBytes) {
        let length = bytes.withUnsafeBytes { bytes in
            var length = bytes.count
            while length > 0, bytes[length - 1] == 0x0A || bytes[length - 1] == 0x0D { length -= 1 }
            return length
        }
        passphrase = bytes.slice(0, length)
    }

    /// From text that is at hand anyway, such as what a person typed.
    public convenience init(_ text: some StringProtocol) {
        let utf8 = text.utf8
        self.init(SecretBytes(count: utf8.count) { target in for (index, byte) in utf8.enumerated() { target[index] = byte } })
    }

    /// The content of a file that its owner alone can read.
    ///
    /// - Throws: ``KeyringError`` with code `.missing` or `.system`.
    public convenience init(file path: String) throws(KeyringError) {
        var length: Int?
        let bytes: SecretBytes
        do {
            bytes = try SecretBytes(count: 65_537) { target throws(StorageError) in length = try DurableFile.fill(target, from: path) }
        } catch {
            throw KeyringError(.system, error.reason)
        }
        guard let length else { throw KeyringError(.missing, "There is no passphrase file at \(path).") }
        self.init(bytes.slice(0, length))
    }

    package func key(salt: [UInt8], work: PassphraseWork) throws(KeyringError) -> SecretBytes {
        if let known = derived.withLock({ $0 }), known.salt == salt, known.work == work { return known.key.duplicate() }
        do {
            let known = DerivedKey(try work.key(passphrase: passphrase, salt: salt), salt: salt, work: work)
            derived.withLock { $0 = known }
            return known.key.duplicate()
        } catch {
            throw KeyringError(.system, error.reason)
        }
    }
}

/// What Argon2id made of a passphrase.
private final class DerivedKey: Sendable {
    let salt: [UInt8]
    let work: PassphraseWork
    let key: SecretBytes

    init(_ key: consuming SecretBytes, salt: [UInt8], work: PassphraseWork) {
        self.key = key
        self.salt = salt
        self.work = work
    }
}

/// A file of named keys, sealed under a passphrase.
///
/// Layout: `SPNIKEYS`, version u8 = 1, kind u8, deployment 16, salt 16, operations u32, memory u32 (50 bytes, the context), then a
/// committing AEAD of the entries: count u16, and for each its name and its bytes with u32 lengths. A file cannot be made that
/// opens under two passphrases. Written whole or not at all, mode 0600.
package struct KeyringFile: ~Copyable {
    private static let magic = Array("SPNIKEYS".utf8)
    private static let headerLength = 50

    /// What an error calls it.
    let name: String
    private let kind: KeyringKind
    private let deployment: [UInt8]
    private let plaintext: SecretBytes

    /// One that is in no file.
    init(_ entries: borrowing KeyringEntries, kind: KeyringKind, deployment: DeploymentID) {
        name = "The \(kind) keyring"
        self.kind = kind
        self.deployment = deployment.bytes
        plaintext = entries.encoded.duplicate()
    }

    var deploymentID: DeploymentID {
        borrowing get throws(KeyringError) {
            guard let id = DeploymentID(bytes: deployment) else { throw KeyringError(.malformed, "\(name) names no deployment.") }
            return id
        }
    }

    /// Reads and opens.
    ///
    /// - Parameter kind: whose it must be; `nil`: anybody's.
    package init(path: String, kind: KeyringKind?, passphrase: KeyringPassphrase) throws(KeyringError) {
        let bytes: [UInt8]?
        do { bytes = try DurableFile.contents(of: path, limit: 1 << 20) } catch { throw KeyringError(.system, error.reason) }
        guard let bytes else { throw KeyringError(.missing, "There is no keyring at \(path); make one first.") }
        let malformed = KeyringError(.malformed, "\(path) is no keyring that this version can read.")
        guard bytes.count > Self.headerLength + CommittingAEAD.overhead, Array(bytes[..<8]) == Self.magic, bytes[8] == 1 else {
            throw malformed
        }
        let found = KeyringKind(rawValue: bytes[9])
        guard kind == nil || kind == found else { throw KeyringError(.wrongKind, "\(path) is a keyring of another party.") }
        guard let found else { throw malformed }
        let header = Array(bytes[..<Self.headerLength])
        var reader = ByteReader(Array(header[26...]))
        let salt: [UInt8]
        let work: PassphraseWork
        do {
            salt = try reader.fixed(16)
            work = PassphraseWork(operations: try reader.u32(), memory: try reader.u32())
        } catch { throw malformed }
        guard (1...64).contains(work.operations), (8_192...1 << 30).contains(work.memory) else { throw malformed }
        let key = try Self.fileKey(passphrase, salt: salt, work: work, kind: found)
        do {
            plaintext = try CommittingAEAD.open(Array(bytes[Self.headerLength...]), key: key, label: "SPNI/v1/keyring-box", context: header)
        } catch {
            throw KeyringError(.wrongPassphrase, "The passphrase does not open \(path), or the file was changed.")
        }
        name = path
        self.kind = found
        deployment = Array(header[10..<26])
    }

    /// Finds a key by its name.
    package borrowing func secret(_ name: String, count: Int) throws(KeyringError) -> SecretBytes {
        guard let found = optionalSecret(name), found.count == count else {
            throw KeyringError(.incomplete, "The keyring holds no key \"\(name)\" of \(count) bytes.")
        }
        return found
    }

    /// Finds what need not be there.
    package borrowing func optionalSecret(_ name: String) -> SecretBytes? {
        let range: (Int, Int)? = plaintext.withUnsafeBytes { bytes in
            var position = 2
            func length() -> Int? {
                guard position + 4 <= bytes.count else { return nil }
                defer { position += 4 }
                let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
                return position + 4 + length <= bytes.count ? length : nil
            }
            while position < bytes.count {
                guard let nameLength = length() else { return nil }
                let matches = bytes[position..<position + nameLength].elementsEqual(name.utf8)
                position += nameLength
                guard let valueLength = length() else { return nil }
                if matches { return (position, valueLength) }
                position += valueLength
            }
            return nil
        }
        guard let range else { return nil }
        return plaintext.slice(range.0, range.1)
    }

    /// Finds an entry that is no secret, such as a public key.
    package borrowing func value(_ name: String, count: Int) throws(KeyringError) -> [UInt8] {
        try secret(name, count: count).withUnsafeBytes { Array($0) }
    }

    /// Finds what need not be there and is no secret.
    package borrowing func optionalValue(_ name: String) -> [UInt8]? {
        guard let found = optionalSecret(name) else { return nil }
        return found.withUnsafeBytes { Array($0) }
    }

    /// Of the isolated sender, where the file names one.
    var senderPublicKey: [UInt8]? {
        borrowing get throws(KeyringError) {
            let sender = optionalValue("sender-public")
            guard sender == nil || sender?.count == 32 else { throw KeyringError(.incomplete, "The sender's public key has 32 bytes.") }
            return sender
        }
    }

    private static func fileKey(
        _ passphrase: KeyringPassphrase, salt: [UInt8], work: PassphraseWork, kind: KeyringKind
    ) throws(KeyringError) -> SecretBytes {
        var hash = BLAKE2b(label: "SPNI/v1/keyring", key: try passphrase.key(salt: salt, work: work))
        hash.append([kind.rawValue])
        return hash.finishSecret()
    }

    /// Seals the keys of a file into a new one, under another passphrase; the old file stays as it is.
    ///
    /// - Throws: ``KeyringError``; `.exists` when the new file is there.
    package static func reseal(
        _ path: String, _ passphrase: KeyringPassphrase, to newPath: String, under newPassphrase: KeyringPassphrase,
        work: PassphraseWork = .standard, random: some RandomSource
    ) throws(KeyringError) {
        let file = try KeyringFile(path: path, kind: nil, passphrase: passphrase)
        try write(
            file.plaintext, at: newPath, kind: file.kind, deployment: file.deployment, passphrase: newPassphrase, salt: random.bytes(16),
            work: work, random: random)
    }

    /// Seals `entries` into a new file.
    package static func create(
        at path: String, kind: KeyringKind, deployment: [UInt8], entries: borrowing KeyringEntries, passphrase: KeyringPassphrase,
        salt: [UInt8], work: PassphraseWork, random: some RandomSource
    ) throws(KeyringError) {
        try write(
            entries.encoded, at: path, kind: kind, deployment: deployment, passphrase: passphrase, salt: salt, work: work, random: random)
    }

    private static func write(
        _ plaintext: borrowing SecretBytes, at path: String, kind: KeyringKind, deployment: [UInt8], passphrase: KeyringPassphrase,
        salt: [UInt8], work: PassphraseWork, random: some RandomSource
    ) throws(KeyringError) {
        var header = ByteWriter()
        header.fixed(magic)
        header.u8(1)
        header.u8(kind.rawValue)
        header.fixed(deployment)
        header.fixed(salt)
        header.u32(work.operations)
        header.u32(work.memory)
        let key = try fileKey(passphrase, salt: salt, work: work, kind: kind)
        let box = CommittingAEAD.seal(
            plaintext, key: key, label: "SPNI/v1/keyring-box", context: header.bytes, random: random)
        do {
            guard try DurableFile.contents(of: path, limit: 1 << 20) == nil else {
                throw KeyringError(.exists, "\(path) is there already; keys are never overwritten.")
            }
            try DurableFile.replace(path, with: header.bytes + box, mode: 0o600)
        } catch let error as StorageError {
            throw KeyringError(.system, error.reason)
        } catch {
            throw KeyringError(.exists, "\(path) is there already; keys are never overwritten.")
        }
    }
}

/// Named keys on their way into a file, in guarded memory.
package struct KeyringEntries: ~Copyable {
    fileprivate private(set) var encoded = SecretBytes(count: 2) { _ in }

    package init() {}

    package mutating func add(_ name: String, _ secret: borrowing SecretBytes) {
        var head = ByteWriter()
        head.prefixed(name)
        head.u32(UInt32(secret.count))
        let (oldCount, newCount) = (encoded.count, secret.count)
        let grown = SecretBytes(count: oldCount + head.bytes.count + newCount) { target in
            encoded.withUnsafeBytes { target.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: target[oldCount...]).copyBytes(from: head.bytes)
            let tail = UnsafeMutableRawBufferPointer(rebasing: target[(oldCount + head.bytes.count)...])
            secret.withUnsafeBytes { tail.copyMemory(from: $0) }
            target[1] &+= 1
        }
        encoded = grown
    }

    package mutating func add(_ name: String, _ value: [UInt8]) {
        add(name, SecretBytes(copying: value))
    }
}
