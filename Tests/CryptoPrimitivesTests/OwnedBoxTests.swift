import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("A box opens for the holder of its secret alone, in both its forms")
struct OwnedBoxTests {
    private static let label: StaticString = "SPNI/v1/test-box"
    private static let content: [UInt8] = Array("what only one may read".utf8)

    @Test(arguments: [0, 1, 22, 4_096])
    func bothFormsOpenWithTheOneSecret(length: Int) throws {
        let bench = try Bench(plaintext: [UInt8](repeating: 7, count: length))
        #expect(bench.boxes.map(\.first) == [1, 2])
        for box in bench.boxes {
            let opened = try OwnedBox.open(box, with: bench.secret, label: Self.label, context: bench.context)
            #expect(opened.withUnsafeBytes { Array($0) } == bench.plaintext)
        }
    }

    @Test func everyChangedBitIsRefused() throws {
        let bench = try Bench(plaintext: Self.content)
        for box in bench.boxes {
            for bit in 0..<box.count * 8 {
                var changed = box
                changed[bit / 8] ^= 1 << (bit % 8)
                #expect(bench.refuses(changed), "bit \(bit) of form \(box[0])")
            }
        }
    }

    @Test func everyCutAndEveryLengtheningIsRefused() throws {
        let bench = try Bench(plaintext: Self.content)
        for box in bench.boxes {
            for count in 0..<box.count { #expect(bench.refuses(Array(box.prefix(count)))) }
            #expect(bench.refuses(box + [0]))
        }
    }

    @Test func anotherSecretLabelOrContextIsRefused() throws {
        let bench = try Bench(plaintext: Self.content)
        let other = SecretBytes(random: SeededRandomSource(seed: 99))
        for box in bench.boxes {
            #expect(throws: CryptoError.self) { _ = try OwnedBox.open(box, with: other, label: Self.label, context: bench.context) }
            #expect(throws: CryptoError.self) {
                _ = try OwnedBox.open(box, with: bench.secret, label: "SPNI/v1/test-boy", context: bench.context)
            }
            #expect(throws: CryptoError.self) { _ = try OwnedBox.open(box, with: bench.secret, label: Self.label, context: [1]) }
        }
    }

    /// Whoever could take one form for the other would choose which key a reader tries.
    @Test func oneFormIsNotTakenForTheOther() throws {
        let bench = try Bench(plaintext: Self.content)
        for box in bench.boxes {
            #expect(bench.refuses([3 - box[0]] + box.dropFirst()))
            #expect(bench.refuses([0] + box.dropFirst()))
        }
    }

    @Test func aDirectKeyPrintsNothing() throws {
        let key = OwnedBox.DirectKey(of: SecretBytes(random: SeededRandomSource(seed: 5)))
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "<redacted>" && !dumped.contains("SecretBytes"))
    }

    private final class Bench {
        let secret: SecretBytes
        let plaintext: [UInt8]
        let context: [UInt8] = Array("subject and entry".utf8)
        /// To the public half, and under the secret.
        let boxes: [[UInt8]]

        init(plaintext: [UInt8]) throws {
            let random = SeededRandomSource(seed: 31)
            self.plaintext = plaintext
            secret = SecretBytes(random: random)
            let (direct, publicKey) = (OwnedBox.DirectKey(of: secret), X25519.publicKey(of: secret))
            let context = context
            boxes = try plaintext.withUnsafeBytes { bytes in
                [
                    try OwnedBox.seal(bytes, to: publicKey, label: OwnedBoxTests.label, context: context, random: random),
                    OwnedBox.seal(bytes, under: direct, label: OwnedBoxTests.label, context: context, random: random),
                ]
            }
        }

        func refuses(_ box: [UInt8]) -> Bool {
            do throws(CryptoError) {
                _ = try OwnedBox.open(box, with: secret, label: OwnedBoxTests.label, context: context)
                return false
            } catch {
                return error.code == .authenticationFailed
            }
        }
    }
}
