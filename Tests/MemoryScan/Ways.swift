import CryptoPrimitives
import IdentityTypes
import RecordStorage
import SealedStore

/// One way that secrets take through the library.
struct Way: Sendable {
    let name: String
    let run: @Sendable (Needles) async throws -> Void

    static let all = planted + numbers + boxes + keys + deployments
}

private let random = SystemRandomSource()

/// A number of 15 digits that nobody knows before.
func freshNumber() throws -> SecretNumber {
    let digits = SecretBytes(count: 15) { target in
        for index in 0..<15 { target[index] = 0x30 + UInt8(random.number(below: 10)) }
    }
    return try digits.withUnsafeBytes { bytes throws(CryptoError) in
        try SecretNumber(digits: bytes.assumingMemoryBound(to: UInt8.self))
    }
}

extension Way {
    /// What has to be found, or the search finds nothing.
    static let planted = [
        Way(name: "planted-array") { needles in
            let key = SecretBytes(random: random)
            needles.note("key", key)
            let copy = key.withUnsafeBytes { Array($0) }
            precondition(copy.count == 32)
        },
        Way(name: "planted-number") { needles in
            let number = try freshNumber()
            needles.note("number", number)
            let copy = number.withDigits { Array($0) }
            precondition(copy.count == 15)
        },
        Way(name: "planted-middle") { needles in
            let key = SecretBytes(random: random)
            needles.note("key", key)
            let copy = key.withUnsafeBytes { Array($0[8..<24]) }
            precondition(copy.count == 16)
        },
    ]

    // MARK: Numbers

    private actor Keeper {
        private var number: SecretNumber?

        func keep(_ number: consuming SecretNumber) { self.number = consume number }

        func give() -> SecretNumber? { number.take() }
    }

    private struct Refusal: Error {}

    private static func refuse(_ number: consuming SecretNumber) async throws {
        await Task.yield()
        throw Refusal()
    }

    static let numbers = [
        Way(name: "number") { needles in
            let number = try freshNumber()
            needles.note("number", number)
            precondition(number.equals(number.duplicate()))
        },
        Way(name: "parsed-number") { needles in
            let typed = SecretBytes(count: 16) { target in
                target[0] = 0x2B
                for index in 1..<16 { target[index] = 0x30 + UInt8(random.number(below: 10)) }
            }
            let number = try typed.withUnsafeBytes { bytes throws(VaultError) in
                try NumberVault.guarded(e164: bytes.assumingMemoryBound(to: UInt8.self).span)
            }
            needles.note("number", number)
        },
        Way(name: "actor") { needles in
            let keeper = Keeper()
            let number = try freshNumber()
            needles.note("number", number)
            await keeper.keep(number)
            guard let given = await keeper.give() else { throw Refusal() }
            let other = Keeper()
            await other.keep(given)
        },
        Way(name: "thrown") { needles in
            let number = try freshNumber()
            needles.note("number", number)
            do { try await refuse(number) } catch is Refusal {}
            // A plaintext that is no number after all.
            let bad = SecretBytes(count: 32) { target in
                random.fill(target)
                target[0] = 1
                target[1] = 30
            }
            needles.note("plaintext", bad)
            do { _ = try SecretNumber(plaintext: bad) } catch is CryptoError {}
        },
        Way(name: "ticket") { needles in
            let number = try freshNumber()
            needles.note("number", number)
            let key = SecretBytes(random: random)
            needles.note("key", key)
            let tags = NumberTags(
                uniqueness: UniquenessTag(bytes: random.bytes(32))!, epoch: 1, budget: BudgetTag(bytes: random.bytes(32))!)
            let ticket = NumberTicket.encode(number, tags: tags, channel: 0, region: "CH")
            let box = CommittingAEAD.seal(ticket, key: key, label: "SPNI/v1/test", context: [], random: random)
            let opened = try NumberTicket(try CommittingAEAD.open(box, key: key, label: "SPNI/v1/test", context: []))
            precondition(opened.number.equals(number))
        },
        Way(name: "tag") { needles in
            let number = try freshNumber()
            let pepper = SecretBytes(random: random)
            let indexKey = Ristretto255.scalar(random: random)
            needles.note("number", number)
            needles.note("pepper", pepper)
            needles.note("index-key", indexKey)
            _ = try Ristretto255.multiply(hashedNumber(number, pepper: pepper), by: indexKey)
        },
    ]

    // MARK: Boxes

    private static func header() -> RecordHeader {
        RecordHeader(
            deployment: DeploymentID(random: random), record: RecordID(random: random), subject: SubjectID(random: random), generation: 0)
    }

    static let boxes = [
        Way(name: "body") { needles in
            let number = try freshNumber()
            let dataKey = SecretBytes(random: random)
            let shredKey = SecretBytes(random: random)
            needles.note("number", number)
            needles.note("data-key", dataKey)
            needles.note("shred-key", shredKey)
            let body = SealedBody(sealing: number, header: header(), dataKey: dataKey, shredKey: shredKey, random: random)
            let opened = try body.open(dataKey: dataKey, shredKey: shredKey)
            precondition(opened.equals(number))
            do { _ = try body.open(dataKey: shredKey, shredKey: dataKey) } catch is VaultError {}
            // The key of the body itself, as the body derives it.
            var hash = BLAKE2b(label: "SPNI/v1/body", key: dataKey, length: 64)
            hash.append(shredKey)
            hash.append(Array(body.encoded[..<88]))
            needles.note("body-key", hash.finishSecret().slice(0, 32))
        },
        Way(name: "envelope") { needles in
            let number = try freshNumber()
            let dataKey = SecretBytes(random: random)
            let secret = SecretBytes(random: random)
            needles.note("data-key", dataKey)
            needles.note("sender-secret", secret)
            let body = SealedBody(
                sealing: number, header: header(), dataKey: dataKey, shredKey: SecretBytes(random: random), random: random)
            let envelope = try Envelope(sealing: dataKey, for: body, to: X25519.publicKey(of: secret), random: random)
            _ = try envelope.open(for: body, with: secret)
            do { _ = try envelope.open(for: body, with: dataKey) } catch is VaultError {}
            needles.note("shared", try X25519.agree(secret: secret, publicKey: Array(envelope.box[..<32])))
        },
        Way(name: "sealed-box") { needles in
            let secret = SecretBytes(random: random)
            let plaintext = SecretBytes(random: random)
            needles.note("secret", secret)
            needles.note("plaintext", plaintext)
            let box = try plaintext.withUnsafeBytes { bytes throws(CryptoError) in
                try SealedBox.seal(bytes, to: X25519.publicKey(of: secret), label: "SPNI/v1/test", context: [1], random: random)
            }
            _ = try SealedBox.open(box, with: secret, label: "SPNI/v1/test", context: [1])
            needles.note("shared", try X25519.agree(secret: secret, publicKey: Array(box[..<32])))
        },
        Way(name: "committing-box") { needles in
            let key = SecretBytes(random: random)
            let plaintext = SecretBytes(random: random)
            needles.note("key", key)
            needles.note("plaintext", plaintext)
            let box = CommittingAEAD.seal(plaintext, key: key, label: "SPNI/v1/test", context: [2], random: random)
            _ = try CommittingAEAD.open(box, key: key, label: "SPNI/v1/test", context: [2])
            do { _ = try CommittingAEAD.open(box, key: key, label: "SPNI/v1/test", context: [3]) } catch {}
            var hash = BLAKE2b(label: "SPNI/v1/test", key: key, length: 64)
            hash.append(Array(box[..<24]))
            hash.append([2])
            needles.note("box-key", hash.finishSecret().slice(0, 32))
        },
        Way(name: "aead") { needles in
            let key = SecretBytes(random: random)
            let plaintext = SecretBytes(count: 200, random: random)
            needles.note("key", key)
            needles.note("plaintext", plaintext)
            let nonce = random.bytes(24)
            var box = plaintext.withUnsafeBytes { AEAD.seal($0, key: key, nonce: nonce, associatedData: []) }
            _ = try AEAD.open(box, key: key, nonce: nonce, associatedData: [])
            box[0] ^= 1
            do { _ = try AEAD.open(box, key: key, nonce: nonce, associatedData: []) } catch {}
        },
    ]

    // MARK: Keys

    static let keys = [
        Way(name: "signing") { needles in
            let seed = SecretBytes(random: random)
            needles.note("ed25519-seed", seed)
            let key = SigningKey(seed: seed)
            precondition(SignatureVerification.isValid(key.sign([1, 2, 3]), of: [1, 2, 3], by: key.publicKey))
        },
        Way(name: "agreement") { needles in
            let (mine, theirs) = (Held(SecretBytes(random: random)), Held(SecretBytes(random: random)))
            needles.note("mine", mine.secret)
            needles.note("theirs", theirs.secret)
            needles.note("shared", try X25519.agree(secret: mine.secret, publicKey: X25519.publicKey(of: theirs.secret)))
        },
        Way(name: "scalars") { needles in
            let wide = SecretBytes(count: 64, random: random)
            needles.note("wide", wide)
            let a = RistrettoScalar.reduce(wide)
            let b = Ristretto255.scalar(random: random)
            needles.note("a", a)
            needles.note("b", b)
            needles.note("sum", RistrettoScalar.add(a, b))
            needles.note("difference", RistrettoScalar.subtract(a, b))
            needles.note("product", RistrettoScalar.multiply(a, b))
            needles.note("public-product", RistrettoScalar.multiply(RistrettoScalar.of(7), b))
            needles.note("product-and-sum", RistrettoScalar.multiplyAdd(a, b, a))
            needles.note("negative", RistrettoScalar.negate(a))
            needles.note("inverse", try RistrettoScalar.invert(a))
        },
        Way(name: "elements") { needles in
            let scalar = Ristretto255.scalar(random: random)
            needles.note("scalar", scalar)
            _ = try Ristretto255.multiply(Ristretto255.publicElement(of: scalar), by: scalar)
        },
        Way(name: "voprf") { needles in
            let key = Ristretto255.scalar(random: random)
            needles.note("key", key)
            let blinded = try VOPRF.blind([1, 2, 3], mode: .voprf, random: random)
            needles.note("blind", blinded.blind)
            needles.note("inverse", try RistrettoScalar.invert(blinded.blind))
            let answer = try VOPRF.evaluate(blinded: [blinded.element], key: key, random: random)
            _ = try VOPRF.finalize([1, 2, 3], blind: blinded.blind, evaluated: answer.elements[0])
        },
        Way(name: "hashes") { needles in
            let key = SecretBytes(random: random)
            let field = SecretBytes(random: random)
            needles.note("hmac-key", key)
            needles.note("field", field)
            needles.note("code", HMACSHA256.authenticate([1, 2, 3], key: key))
            var hash = BLAKE2b(label: "SPNI/v1/test", key: key)
            hash.append(field)
            needles.note("hash", hash.finishSecret())
        },
        Way(name: "passphrase") { needles in
            let passphrase = SecretBytes(random: random)
            needles.note("passphrase", passphrase)
            let salt = random.bytes(16)
            needles.note("derived", try PassphraseWork.testing.key(passphrase: passphrase, salt: salt))
        },
    ]

    /// A secret that goes into a tuple.
    private final class Held: Sendable {
        let secret: SecretBytes
        init(_ secret: consuming SecretBytes) { self.secret = secret }
    }
}
