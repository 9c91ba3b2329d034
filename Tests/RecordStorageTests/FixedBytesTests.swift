import CryptoPrimitives
import RecordStorage
import Synchronization
import Testing

@Suite struct FixedBytesTests {
    private let bytes = (0..<32).map { UInt8($0 * 8 + 1) }

    @Test func `Bytes in place are the bytes they were made from, everywhere`() throws {
        let (short, long) = (try #require(Bytes16(Array(bytes.prefix(16)))), try #require(Bytes32(bytes)))
        #expect(short.bytes == Array(bytes.prefix(16)) && long.bytes == bytes)
        #expect(short.withUnsafeBytes { Array($0) } == short.bytes && long.withUnsafeBytes { Array($0) } == bytes)
        #expect(constantTimeEquals(long, long))
        var writer = ByteWriter()
        writer.fixed(short)
        writer.fixed(long)
        #expect(writer.bytes == short.bytes + bytes)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.bytes16() == short && reader.bytes32() == long && reader.remaining == 0)
        #expect(throws: MalformedBytes.self) { try reader.bytes16() }
    }

    @Test func `Each byte counts, and no other length is taken`() throws {
        let whole = try #require(Bytes32(bytes))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let other = try #require(Bytes32(changed))
            #expect(other != whole && !constantTimeEquals(other, whole))
        }
        for length in [0, 15, 17, 31, 33] {
            let bytes = [UInt8](repeating: 0, count: length)
            #expect(Bytes16(bytes) == nil && Bytes32(bytes) == nil)
        }
    }
}

@Suite struct VersionSourceTests {
    private final class CountedRandom: RandomSource {
        let calls = Mutex(0)

        func fill(_ bytes: UnsafeMutableRawBufferPointer) {
            calls.withLock { $0 += 1 }
            SystemRandomSource().fill(bytes)
        }
    }

    @Test func `Commits that share a source draw rarely, and no version twice`() {
        let random = CountedRandom()
        let versions = VersionSource(random: random)
        var drawn: Set<RecordVersion> = []
        for row in 0..<160 {
            var staged = StagedCommit(versions: versions)
            let key = RecordKey(partition: Partition(rawValue: 1), collection: "test", row: [UInt8(row)])
            drawn.insert(staged.put([], at: key, replacing: nil).version)
        }
        #expect(drawn.count == 160 && random.calls.withLock { $0 } == 10)
    }
}
