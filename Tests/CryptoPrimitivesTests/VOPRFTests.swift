import RecordStorage
import Testing

@testable import CryptoPrimitives

@Suite("Blinded evaluation agrees with RFC 9497")
struct VOPRFTests {
    /// Gives a scalar that was chosen before: its bytes, then zeros.
    private struct ChosenScalar: RandomSource {
        let bytes: [UInt8]

        func fill(_ target: UnsafeMutableRawBufferPointer) {
            for index in target.indices { target[index] = index < bytes.count ? bytes[index] : 0 }
        }
    }

    /// A line of the file, its lists apart.
    private struct Vector {
        let mode: VOPRF.Mode
        let key, publicKey, nonce, proof: [UInt8]
        let inputs, blinds, blinded, evaluated, outputs: [[UInt8]]

        init(_ line: [String]) throws {
            func list(_ field: String) throws -> [[UInt8]] { try field.split(separator: ",").map { try bytes(String($0)) } }
            mode = line[0] == "oprf" ? .oprf : .voprf
            (key, publicKey) = (try bytes(line[1]), try bytes(line[2]))
            (inputs, blinds) = (try list(line[3]), try list(line[4]))
            (blinded, evaluated) = (try list(line[5]), try list(line[6]))
            (nonce, proof, outputs) = (try bytes(line[7]), try bytes(line[8]), try list(line[9]))
        }
    }

    private func all() throws -> [Vector] { try vectors("rfc9497-ristretto255").map(Vector.init) }

    @Test func clientAndServerMatchTheVectors() throws {
        for vector in try all() {
            let key = SecretBytes(copying: vector.key)
            for index in vector.inputs.indices {
                let (input, output) = (vector.inputs[index], vector.outputs[index])
                let blinded = try VOPRF.blind(input, mode: vector.mode, random: ChosenScalar(bytes: vector.blinds[index]))
                #expect(blinded.element == vector.blinded[index])
                let evaluated = try VOPRF.evaluate(blinded: blinded.element, key: key)
                #expect(evaluated == vector.evaluated[index])
                #expect(try VOPRF.finalize(input, blind: blinded.blind, evaluated: evaluated) == output)
                #expect(try VOPRF.evaluate(input: input, mode: vector.mode, key: key) == output)
            }
        }
    }

    @Test func proofsMatchTheVectors() throws {
        for vector in try all() where vector.mode == .voprf {
            let key = SecretBytes(copying: vector.key)
            #expect(try Ristretto255.publicElement(of: key) == vector.publicKey)
            let made = try VOPRF.evaluate(blinded: vector.blinded, key: key, random: ChosenScalar(bytes: vector.nonce))
            #expect(made.elements == vector.evaluated)
            #expect(made.proof == vector.proof)
            try VOPRF.verify(
                blinded: vector.blinded, evaluated: vector.evaluated, proof: vector.proof, publicKey: vector.publicKey)
        }
    }

    @Test func everyBitOfAProofCounts() throws {
        for vector in try all() where vector.mode == .voprf {
            for bit in 0..<vector.proof.count * 8 {
                var changed = vector.proof
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                refuses(vector.blinded, vector.evaluated, changed, vector.publicKey)
            }
        }
    }

    @Test func aProofHoldsForItsElementsAndKeyAlone() throws {
        let random = SystemRandomSource()
        let vector = try #require(try all().last)
        let (blinded, evaluated, proof, publicKey) = (vector.blinded, vector.evaluated, vector.proof, vector.publicKey)
        refuses(blinded.reversed(), evaluated, proof, publicKey)
        refuses(blinded, evaluated.reversed(), proof, publicKey)
        refuses(blinded.reversed(), evaluated.reversed(), proof, publicKey)
        refuses([blinded[0]], [evaluated[0]], proof, publicKey)
        refuses(blinded, [evaluated[0]], proof, publicKey)
        refuses([], [], proof, publicKey)
        refuses(blinded, evaluated, Array(proof.dropLast()), publicKey)
        refuses(blinded, evaluated, proof + [0], publicKey)
        refuses(blinded, evaluated, [UInt8](repeating: 0, count: 64), publicKey)
        refuses(blinded, evaluated, proof, Ristretto255.identity)
        refuses(blinded, evaluated, proof, Ristretto255.generator)
        refuses([[UInt8](repeating: 1, count: 70_000)], [evaluated[0]], proof, publicKey)
        refuses([blinded[0]], [[UInt8](repeating: 1, count: 70_000)], proof, publicKey)
        refuses([Ristretto255.identity, blinded[1]], [Ristretto255.identity, evaluated[1]], proof, publicKey)

        // A server that answers one of many with another key.
        let key = Ristretto255.scalar(random: random)
        let other = Ristretto255.scalar(random: random)
        var answer = try VOPRF.evaluate(blinded: blinded, key: key, random: random)
        let known = try Ristretto255.publicElement(of: key)
        try VOPRF.verify(blinded: blinded, evaluated: answer.elements, proof: answer.proof, publicKey: known)
        answer.elements[1] = try VOPRF.evaluate(blinded: blinded[1], key: other)
        refuses(blinded, answer.elements, answer.proof, known)
    }

    @Test func serversRefuseWhatIsNoElement() throws {
        let key = Ristretto255.scalar(random: SystemRandomSource())
        for bad in [[], Ristretto255.identity, [UInt8](repeating: 0xFF, count: 32)] {
            #expect(throws: CryptoError.self) { try VOPRF.evaluate(blinded: bad, key: key) }
            #expect(throws: CryptoError.self) { try VOPRF.evaluate(blinded: [bad], key: key, random: SystemRandomSource()) }
        }
        #expect(throws: CryptoError.self) { try VOPRF.evaluate(blinded: [], key: key, random: SystemRandomSource()) }
    }

    private func refuses(_ blinded: [[UInt8]], _ evaluated: [[UInt8]], _ proof: [UInt8], _ publicKey: [UInt8]) {
        #expect(throws: CryptoError.self) {
            try VOPRF.verify(blinded: blinded, evaluated: evaluated, proof: proof, publicKey: publicKey)
        }
    }
}
