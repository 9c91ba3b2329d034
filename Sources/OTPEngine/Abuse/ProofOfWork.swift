import CryptoPrimitives
import IdentityTypes
public import RecordStorage

/// Work for a client whose network has used up its codes or its wrong guesses: find a nonce such that SHA-256 of `text.nonce` begins with as many zero bits as
/// it says. One solution sends one code or pays for one guess, in the session it was made for.
///
/// Costs a person a second or two and a flood a processor. Format: `Documentation/Formats.md`.
public struct ProofPuzzle: Hashable, Sendable {
    /// 72 ASCII characters, for the client.
    public let text: String
    /// Zero bits that a solution shows.
    public let difficulty: Int
    public let expiresAt: Timestamp

    /// Solves it, in 2^``difficulty`` hashes on average: for clients in Swift, and tests.
    ///
    /// - Returns: what ``RequesterProof/work(_:)`` takes.
    public func solve() -> String {
        for nonce in UInt64(0)... {
            let solution = "\(text).\(nonce)"
            if Self.zeroBits(solution) >= difficulty { return solution }
        }
        preconditionFailure("There are more nonces than work.")
    }

    static func zeroBits(_ solution: String) -> Int {
        let hash = SHA256.hash(Array(solution.utf8))
        let zeros = hash.prefix { $0 == 0 }.count
        return zeros * 8 + (zeros < hash.count ? hash[zeros].leadingZeroBitCount : 0)
    }
}

/// Makes puzzles and checks solutions. No state: which solutions were used is in a row each.
struct ProofPuzzles: Sendable {
    private static let format: UInt8 = 1
    private static let length = 54
    private static let headLength = 22
    static let life: Duration = .seconds(600)
    static let collection: RecordCollection = "proof"

    let deployment: DeploymentID
    let key: BudgetKey
    let difficulty: Int

    /// What of a good solution has to be unused.
    struct Solved: Sendable {
        let id: [UInt8]
        let expiresAt: Timestamp

        func recordKey(_ partitions: PartitionCount) -> RecordKey {
            RecordKey(partition: partitions.partition(of: id), collection: ProofPuzzles.collection, row: id)
        }
    }

    func puzzle(for binding: RequesterBinding, at now: Timestamp, random: some RandomSource) -> ProofPuzzle {
        var head = ByteWriter(capacity: Self.length)
        let expires = now + Self.life
        head.u8(Self.format)
        head.time(expires)
        head.u8(UInt8(difficulty))
        head.fixed(random.bytes(12))
        return ProofPuzzle(
            text: Base64URL.encode(head.bytes + authenticator(of: head.bytes, for: binding)), difficulty: difficulty, expiresAt: expires)
    }

    /// - Throws: ``OTPError`` with code `.proofInvalid` unless it solves a puzzle of this session that has not expired.
    func check(_ solution: String, by binding: RequesterBinding, at now: Timestamp) throws(OTPError) -> Solved {
        guard solution.utf8.count <= 100, let dot = solution.firstIndex(of: "."),
            let bytes = Base64URL.decode(solution[..<dot]), bytes.count == Self.length
        else { throw .proofInvalid }
        let head = Array(bytes[..<Self.headLength])
        guard constantTimeEquals(Array(bytes[Self.headLength...]), authenticator(of: head, for: binding)) else { throw .proofInvalid }
        var reader = ByteReader(head)
        guard let format = try? reader.u8(), format == Self.format, let expires = try? reader.time(), let bits = try? reader.u8(),
            now < expires, ProofPuzzle.zeroBits(solution) >= Int(bits), let id = try? reader.fixed(12)
        else { throw .proofInvalid }
        return Solved(id: id, expiresAt: expires)
    }

    private func authenticator(of head: [UInt8], for binding: RequesterBinding) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/proof", key: key.secret)
        hash.append(deployment.bytes)
        hash.append(binding.bytes)
        hash.append(head)
        return hash.finish()
    }
}
