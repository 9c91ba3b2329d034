import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

@Suite struct ChangedRecordTests {
    private let random = SystemRandomSource()

    /// A body with the keys that open it, and an envelope with the secret that opens that.
    private final class Sealed {
        let body: SealedBody
        let envelope: Envelope
        let dataKey: SecretBytes
        let shredKey: SecretBytes
        let secret: SecretBytes

        init(_ number: String, header: RecordHeader, random: some RandomSource) throws {
            dataKey = SecretBytes(random: random)
            shredKey = SecretBytes(random: random)
            secret = SecretBytes(random: random)
            body = SealedBody(
                sealing: try SealedStoreTests.secret(number), header: header, dataKey: dataKey, shredKey: shredKey,
                random: random)
            envelope = try Envelope(sealing: dataKey, for: body, to: X25519.publicKey(of: secret), random: random)
        }

        func opens(_ body: SealedBody) -> Bool {
            (try? body.open(dataKey: dataKey, shredKey: shredKey)) != nil
        }

        func opens(_ envelope: Envelope, for body: SealedBody) -> Bool {
            (try? envelope.open(for: body, with: secret)) != nil
        }
    }

    private func header() -> RecordHeader {
        RecordHeader(
            deployment: DeploymentID(random: random), record: RecordID(random: random), subject: SubjectID(random: random), generation: 0)
    }

    private func body(_ bytes: [UInt8]) throws -> SealedBody {
        var reader = ByteReader(bytes)
        let body = try SealedBody(from: &reader)
        try reader.finish()
        return body
    }

    @Test func `No body opens with one bit changed, with the right keys in hand`() throws {
        let sealed = try Sealed("+41446681800", header: header(), random: random)
        let encoded = sealed.body.encoded
        #expect(encoded.count == 168)
        #expect(sealed.opens(try body(encoded)))
        var malformed = 0
        for bit in 0..<encoded.count * 8 {
            var changed = encoded
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let body = try? body(changed) else {
                malformed += 1
                continue
            }
            #expect(!sealed.opens(body), "bit \(bit)")
        }
        // Magic, version, suite, kind and flags are refused before any key is tried.
        #expect(malformed == 64)
    }

    @Test func `No key opens a body with one bit of the key changed`() throws {
        let sealed = try Sealed("+41446681800", header: header(), random: random)
        for bit in 0..<256 {
            var (dataKey, shredKey) = (bytes(of: sealed.dataKey), bytes(of: sealed.shredKey))
            dataKey[bit / 8] ^= 1 << UInt8(bit % 8)
            shredKey[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self) {
                _ = try sealed.body.open(dataKey: SecretBytes(copying: dataKey), shredKey: sealed.shredKey)
            }
            #expect(throws: VaultError.self) {
                _ = try sealed.body.open(dataKey: sealed.dataKey, shredKey: SecretBytes(copying: shredKey))
            }
        }
        #expect(throws: VaultError.self) { _ = try sealed.body.open(dataKey: sealed.shredKey, shredKey: sealed.dataKey) }
    }

    @Test func `A body belongs to its deployment, record, subject, generation and nonce`() throws {
        let header = header()
        let sealed = try Sealed("+41446681800", header: header, random: random)
        func moved(
            deployment: DeploymentID? = nil, record: RecordID? = nil, subject: SubjectID? = nil, generation: UInt64? = nil,
            nonce: [UInt8]? = nil
        ) throws -> SealedBody {
            let other = RecordHeader(
                deployment: deployment ?? header.deployment, record: record ?? header.record, subject: subject ?? header.subject,
                generation: generation ?? header.generation)
            return try body(other.encoded + (nonce ?? Array(sealed.body.encoded[64..<88])) + sealed.body.encoded[88...])
        }
        #expect(sealed.opens(try moved()))
        let others = [
            try moved(deployment: DeploymentID(random: random)), try moved(record: RecordID(random: random)),
            try moved(subject: SubjectID(random: random)), try moved(generation: 1), try moved(nonce: random.bytes(24)),
        ]
        for body in others {
            #expect(!sealed.opens(body))
            #expect(!sealed.opens(sealed.envelope, for: body), "an envelope opens its own body's data key alone")
        }
    }

    @Test func `No envelope opens with one bit changed, cut, made longer, or beside another body`() throws {
        let sealed = try Sealed("+41446681800", header: header(), random: random)
        let other = try Sealed("+41446681800", header: sealed.body.header, random: random)
        #expect(sealed.opens(sealed.envelope, for: sealed.body))
        #expect(!sealed.opens(sealed.envelope, for: other.body))
        #expect(!sealed.opens(other.envelope, for: sealed.body))
        let encoded = Array(VaultRecord.sealed(sealed.body, envelopes: [sealed.envelope]).encoded)
        let start = 1 + 168 + 1
        var malformed = 0
        for bit in start * 8..<encoded.count * 8 {
            var changed = encoded
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let (body, envelopes) = try? TestParties.decode(changed) else {
                malformed += 1
                continue
            }
            #expect(!sealed.opens(envelopes[0], for: body), "bit \(bit)")
        }
        // The role and the length of the box have one value each.
        #expect(malformed == 8 + 32)
    }

    @Test func `A row cut anywhere or with bytes left over has no record in it`() throws {
        let sealed = try Sealed("+41446681800", header: header(), random: random)
        let encoded = VaultRecord.sealed(sealed.body, envelopes: [sealed.envelope]).encoded
        #expect(encoded.count == 303)
        for cut in 0..<encoded.count { #expect(throws: MalformedBytes.self) { _ = try TestParties.decode(Array(encoded[..<cut])) } }
        for more in [[0], [1], encoded] as [[UInt8]] {
            #expect(throws: MalformedBytes.self) { _ = try TestParties.decode(encoded + more) }
        }
        #expect(throws: MalformedBytes.self) { _ = try TestParties.decode(VaultRecord.tombstone.encoded + [0]) }
    }

    @Test func `An envelope that a sender cannot use is refused, whatever key stands in it`() throws {
        // The sender's public key is no secret: anybody can seal to it, and not only keys of 32 bytes.
        let sealed = try Sealed("+41446681800", header: header(), random: random)
        let publicKey = X25519.publicKey(of: sealed.secret)
        let keyID = Envelope.keyID(of: publicKey)
        let label = Envelope.label(for: sealed.body, role: .sender, keyID: keyID)
        for count in [0, 1, 15, 31, 33, 64, 65, 200] {
            let box = try random.bytes(count).withUnsafeBytes { key throws(CryptoError) in
                try SealedBox.seal(key, to: publicKey, label: "SPNI/v1/sender", context: label, random: random)
            }
            var writer = ByteWriter()
            writer.fixed(VaultRecord.sealed(sealed.body, envelopes: []).encoded.dropLast())
            writer.u8(1)
            writer.u8(2)
            writer.fixed(keyID)
            writer.prefixed(box)
            #expect(throws: (any Error).self, "a key of \(count) bytes") {
                let (body, envelopes) = try TestParties.decode(writer.bytes)
                let dataKey = try envelopes[0].open(for: body, with: sealed.secret)
                _ = try body.open(dataKey: dataKey, shredKey: sealed.shredKey)
            }
        }
    }

    @Test func `A database administrator who changes a bit of a row is found out, and one with the host's key opens nothing`() async throws
    {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, _) = try await parties.enrol("+41446681800")
        let recipient = RecordingRecipient()
        let sender = parties.sender(to: recipient)
        let stored = try #require(try await parties.database.record(at: prepared.vaultKey)).value

        for bit in 0..<stored.count * 8 {
            var changed = stored
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            try await parties.overwrite(prepared.vaultKey, with: changed, authenticated: false)
            let error = await #expect(throws: VaultError.self) { try await sender.send(parties.order(prepared)) }
            #expect(error?.storage?.code == .tampered, "bit \(bit)")
        }
        for bit in 0..<prepared.value.count * 8 {
            var changed = prepared.value
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            try await parties.overwrite(prepared.vaultKey, with: changed, authenticated: true)
            await #expect(throws: VaultError.self, "bit \(bit)") { try await sender.send(parties.order(prepared)) }
        }
        #expect(recipient.numbers.isEmpty)
        // None of that was anybody's release: put back, the record opens, as the first of the day.
        try await parties.overwrite(prepared.vaultKey, with: prepared.value, authenticated: true)
        try await sender.send(parties.order(prepared))
        #expect(recipient.numbers == ["41446681800"])
        #expect(try await parties.releases(of: prepared.audit.id) == 1)
    }

    @Test func `One person's record in another's place is refused, with the host's key too`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (mine, _) = try await parties.enrol("+41446681800")
        let (yours, _) = try await parties.enrol("+41446681801")
        let recipient = RecordingRecipient()
        let sender = parties.sender(to: recipient)
        try await parties.overwrite(mine.vaultKey, with: yours.value, authenticated: true)
        #expect(try await refusal { try await sender.send(parties.order(mine)) } == .notFound)

        // My body with your envelopes, and an order that names your record under my subject.
        let (body, _) = try TestParties.decode(mine.value)
        let (_, envelopes) = try TestParties.decode(yours.value)
        try await parties.overwrite(
            mine.vaultKey, with: VaultRecord.sealed(body, envelopes: envelopes).encoded, authenticated: true)
        #expect(try await refusal { try await sender.send(parties.order(mine)) } == .refused)
        let crossed = ReleaseOrder(
            id: parties.random.bytes(16), subject: mine.audit.id, record: yours.record, purpose: .securityAlert,
            deadline: parties.clock.now() + .seconds(60), key: parties.host.keys.proofKey)
        #expect(try await refusal { _ = try await parties.service.releaseShredKey(for: crossed) } == .refused)
        #expect(recipient.numbers.isEmpty)
    }
}

extension TestParties {
    /// How often a key of a subject was released, by the key service's own count.
    func releases(of subject: SubjectID) async throws -> UInt32? {
        let store = AuthenticatedStore(
            keyDatabase, key: BLAKE2b(label: "SPNI/v1/key-store-mac", key: keyService.keyEncryptionKey).finishSecret())
        let key = RecordKey(partition: Self.partitions.partition(of: subject.bytes), collection: "keys", row: subject.bytes)
        guard let record = try await store.record(at: key) else { return nil }
        return try SubjectKeys.read(record)?.releases
    }
}
