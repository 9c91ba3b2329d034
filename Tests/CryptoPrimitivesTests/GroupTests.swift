import PhoneIdentityTesting
import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("The group agrees with RFC 9496")
struct GroupTests {
    private let random = SystemRandomSource()

    private func lines(_ kind: String) throws -> [[String]] {
        try vectors("rfc9496-ristretto255").filter { $0[0] == kind }
    }

    @Test func multiplesOfTheGeneratorMatch() throws {
        var sum = Ristretto255.identity
        for (factor, line) in try lines("multiple").enumerated() {
            let expected = try bytes(line[1])
            #expect(sum == expected)
            if factor > 0 {
                let scalar = RistrettoScalar.of(UInt32(factor))
                #expect(try Ristretto255.publicElement(ofPublic: scalar) == expected)
                #expect(try Ristretto255.publicElement(of: SecretBytes(copying: scalar)) == expected)
                #expect(try Ristretto255.multiplyPublic(Ristretto255.generator, by: scalar) == expected)
                #expect(try Ristretto255.subtract(expected, expected) == Ristretto255.identity)
            }
            sum = try Ristretto255.add(sum, Ristretto255.generator)
        }
    }

    @Test func invalidEncodingsAreRefusedEverywhere() throws {
        let invalid = try lines("invalid").map { try bytes($0[1]) }
        #expect(invalid.count == 30)
        // Every element has a second encoding for who ignores the highest bit.
        let twins = try lines("multiple").dropFirst().map { try bytes($0[1]) }.map { Array($0[..<31]) + [$0[31] | 0x80] }
        for bad in invalid + twins + [[], [UInt8](repeating: 1, count: 31), Ristretto255.generator + [0]] {
            #expect(!Ristretto255.isElement(bad))
            #expect(throws: CryptoError.self) { try Ristretto255.add(bad, Ristretto255.generator) }
            #expect(throws: CryptoError.self) { try Ristretto255.add(Ristretto255.generator, bad) }
            #expect(throws: CryptoError.self) { try Ristretto255.subtract(bad, Ristretto255.generator) }
            #expect(throws: CryptoError.self) { try Ristretto255.subtract(Ristretto255.generator, bad) }
            #expect(throws: CryptoError.self) { try Ristretto255.multiplyPublic(bad, by: RistrettoScalar.one) }
            #expect(throws: CryptoError.self) { try Ristretto255.multiply(bad, by: Ristretto255.scalar(random: random)) }
        }
        #expect(!Ristretto255.isElement(Ristretto255.identity))
        #expect(throws: CryptoError.self) {
            try Ristretto255.multiply(Ristretto255.identity, by: Ristretto255.scalar(random: random))
        }
    }

    @Test func uniformBytesMapAsInTheStandard() throws {
        let lines = try lines("uniform")
        #expect(lines.count == 11)
        for line in lines { #expect(Ristretto255.element(fromUniform: try bytes(line[1])) == (try bytes(line[2]))) }
    }

    @Test func scalarsHaveOneEncoding() throws {
        let minusOne = RistrettoScalar.negate(RistrettoScalar.one)
        #expect(RistrettoScalar.isCanonical(minusOne))
        #expect(RistrettoScalar.isCanonical(RistrettoScalar.zero))
        #expect(!RistrettoScalar.isCanonical(RistrettoScalar.zero, allowingZero: false))
        var order = minusOne
        order[0] += 1
        for bad in [order, [UInt8](repeating: 0xFF, count: 32), [], [UInt8](repeating: 0, count: 31)] {
            #expect(!RistrettoScalar.isCanonical(bad))
            #expect(throws: CryptoError.self) { try Ristretto255.multiplyPublic(Ristretto255.generator, by: bad) }
            #expect(throws: CryptoError.self) { try Ristretto255.publicElement(ofPublic: bad) }
        }
        #expect(RistrettoScalar.reduce(order + [UInt8](repeating: 0, count: 32)) == RistrettoScalar.zero)
        #expect(throws: CryptoError.self) { try RistrettoScalar.invert(RistrettoScalar.zero) }
        #expect(throws: CryptoError.self) { _ = try RistrettoScalar.invert(SecretBytes(copying: RistrettoScalar.zero)) }
    }

    /// Sums and products of scalars are checked by the group; the secret forms against the public ones.
    @Test func scalarArithmeticIsThatOfTheGroup() throws {
        for _ in 0..<50 {
            let (a, b, c) = (scalar(), scalar(), scalar())
            let (x, y) = (try Ristretto255.publicElement(ofPublic: a), try Ristretto255.publicElement(ofPublic: b))
            #expect(try Ristretto255.publicElement(ofPublic: RistrettoScalar.add(a, b)) == Ristretto255.add(x, y))
            #expect(try Ristretto255.publicElement(ofPublic: RistrettoScalar.subtract(a, b)) == Ristretto255.subtract(x, y))
            #expect(try Ristretto255.publicElement(ofPublic: RistrettoScalar.multiply(a, b)) == Ristretto255.multiplyPublic(x, by: b))
            #expect(RistrettoScalar.add(a, RistrettoScalar.negate(a)) == RistrettoScalar.zero)
            #expect(try RistrettoScalar.multiply(a, RistrettoScalar.invert(a)) == RistrettoScalar.one)

            let secretA = SecretBytes(copying: a)
            let secretB = SecretBytes(copying: b)
            let secretC = SecretBytes(copying: c)
            let sum = RistrettoScalar.add(RistrettoScalar.multiply(a, b), c)
            #expect(plain(RistrettoScalar.add(secretA, secretB)) == RistrettoScalar.add(a, b))
            #expect(plain(RistrettoScalar.subtract(secretA, secretB)) == RistrettoScalar.subtract(a, b))
            #expect(plain(RistrettoScalar.multiply(secretA, secretB)) == RistrettoScalar.multiply(a, b))
            #expect(plain(RistrettoScalar.multiply(a, secretB)) == RistrettoScalar.multiply(a, b))
            #expect(plain(RistrettoScalar.multiplyAdd(secretA, secretB, secretC)) == sum)
            #expect(plain(RistrettoScalar.multiplyAdd(a, secretB, secretC)) == sum)
            #expect(plain(RistrettoScalar.negate(secretA)) == RistrettoScalar.negate(a))
            #expect(try plain(RistrettoScalar.invert(secretA)) == RistrettoScalar.invert(a))
            #expect(try Ristretto255.multiply(x, by: secretB) == Ristretto255.multiplyPublic(x, by: b))
        }
    }

    private func scalar() -> [UInt8] { RistrettoScalar.reduce(random.bytes(64)) }
}

func plain(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withUnsafeBytes { Array($0) }
}
