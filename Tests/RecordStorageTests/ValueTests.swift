import Foundation
import PhoneIdentityTesting
import RecordStorage
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_763_976_600_250, "2025-11-24T09:30:00.250Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (4_107_456_000_000, "2100-02-28T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `A time is written as in RFC 3339`(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(milliseconds: milliseconds).month == String(text.prefix(7)))
    }

    @Test func `Every day of eight centuries agrees with Foundation's calendar`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: Int64(-130_000), to: 170_000, by: 37) {
            let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            // Before 1582 Foundation's calendar is the Julian one.
            let date = Timestamp(milliseconds: day * 86_400_000).civilDate
            #expect(date == (Int64(parts.year!), Int64(parts.month!), Int64(parts.day!)))
        }
    }

    @Test func `The ends of the range are kept, not wrapped round`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(last + .seconds(1) == last && first - .seconds(1) == first)
        #expect(last + .seconds(Int64.max) == last && first + .seconds(Int64.min) == first)
        #expect(first + .zero == first && last - .zero == last)
        #expect(!first.description.isEmpty && !last.description.isEmpty)
        #expect(Timestamp(milliseconds: 5) + .microseconds(-1) == Timestamp(milliseconds: 4))
        #expect(Timestamp(milliseconds: -1).seconds == -1 && Timestamp(milliseconds: -1000).seconds == -1 && first.seconds < 0)
    }

    @Test func `The time between two ends of the range is the longest there is, not a wrapped one`() {
        #expect(Timestamp(milliseconds: .max) - Timestamp(milliseconds: .min) > .zero)
        #expect(Timestamp(milliseconds: .min) - Timestamp(milliseconds: .max) < .zero)
        #expect(Timestamp(milliseconds: 7) - Timestamp(milliseconds: 3) == .milliseconds(4))
    }
}

@Suite struct ByteCodingTests {
    private var sample: [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.u16(0x0203)
        writer.u32(0x0405_0607)
        writer.u64(.max)
        writer.i64(-2)
        writer.bool(true)
        writer.prefixed("né")
        writer.prefixed([9, 8])
        writer.optional(Timestamp(milliseconds: 3)) { $0.time($1) }
        writer.optional(Timestamp?.none) { $0.time($1) }
        writer.fixed([5, 6])
        return writer.bytes
    }

    private func read(_ bytes: [UInt8]) throws(MalformedBytes) {
        var reader = ByteReader(bytes)
        #expect(try reader.u8() == 1)
        #expect(try reader.u16() == 0x0203)
        #expect(try reader.u32() == 0x0405_0607)
        #expect(try reader.u64() == .max)
        #expect(try reader.i64() == -2)
        #expect(try reader.bool())
        #expect(try reader.text() == "né")
        #expect(try reader.prefixed() == [9, 8])
        #expect(try reader.optional { reader throws(MalformedBytes) in try reader.time() } == Timestamp(milliseconds: 3))
        #expect(try reader.optional { reader throws(MalformedBytes) in try reader.time() } == nil)
        #expect(try reader.fixed(2) == [5, 6])
        try reader.finish()
    }

    /// The same fields, without looking at what they hold.
    private func readFields(_ bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        _ = try reader.fixed(23)
        _ = try reader.bool()
        _ = try reader.text()
        _ = try reader.prefixed()
        _ = try reader.bool()
        _ = try reader.time()
        _ = try reader.bool()
        _ = try reader.fixed(2)
    }

    @Test func `What is written is read, big-endian`() throws {
        #expect(sample.prefix(7) == [1, 2, 3, 4, 5, 6, 7])
        try read(sample)
    }

    @Test func `Cut off anywhere, or with a byte too many, it is refused`() {
        for length in 0..<sample.count {
            #expect(throws: MalformedBytes.self) { try readFields(Array(sample.prefix(length))) }
        }
        #expect(throws: MalformedBytes.self) { try read(sample + [0]) }
    }

    @Test func `A length beyond the bytes or the limit is refused before anything is made of it`() throws {
        for length in [UInt32.max, 0x8000_0000, 5] {
            var writer = ByteWriter()
            writer.u32(length)
            writer.fixed([1, 2, 3, 4])
            var reader = ByteReader(writer.bytes)
            #expect(throws: MalformedBytes.self) { try reader.prefixed(atMost: .max) }
        }
        var writer = ByteWriter()
        writer.prefixed([1, 2, 3])
        var reader = ByteReader(writer.bytes)
        #expect(throws: MalformedBytes.self) { try reader.prefixed(atMost: 2) }
        var short = ByteReader([1])
        #expect(throws: MalformedBytes.self) { try short.fixed(-1) }
    }

    @Test func `Two is no truth, and half a character no text`() {
        var truth = ByteReader([2])
        #expect(throws: MalformedBytes.self) { try truth.bool() }
        var text = ByteReader([0, 0, 0, 1, 0xC3])
        #expect(throws: MalformedBytes.self) { try text.text() }
    }

    @Test func `A key is read as it was written, and no other name of a collection is accepted`() throws {
        let key = RecordKey(partition: Partition(rawValue: 513), collection: "a-1", row: [0, 255])
        var reader = ByteReader(key.encoded)
        #expect(try RecordKey(from: &reader) == key)
        #expect(key.encoded == [2, 1, 0, 0, 0, 3, 0x61, 0x2D, 0x31, 0, 0, 0, 2, 0, 255])
        for name in ["", "A", "a b", "é", String(repeating: "a", count: 33)] { #expect(RecordCollection(rawValue: name) == nil) }
    }

    @Test func `A number below a bound is below it, and every one of them comes`() {
        let random = SeededRandomSource(seed: 11)
        var seen = Set<UInt64>()
        for _ in 0..<500 { seen.insert(random.number(below: 7)) }
        #expect(seen == Set(0..<7))
        #expect(random.number(below: 1) == 0)
    }

    @Test func `A seed gives the bytes of SplitMix64`() {
        // Source: the generator's published first output for seed 0, E220A8397B1DCDAF.
        #expect(SeededRandomSource(seed: 0).bytes(8) == [0xAF, 0xCD, 0x1D, 0x7B, 0x39, 0xA8, 0x20, 0xE2])
    }
}

@Suite struct ManualTimeSourceTests {
    @Test func `Sleepers wake when the clock is moved past their time, and not before`() async throws {
        let time = ManualTimeSource()
        let start = time.now()
        await withTaskGroup(of: Int.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try? await time.sleep(for: .seconds(seconds))
                    return seconds
                }
            }
            while time.sleeperCount < 3 { await Task.yield() }
            #expect(time.nextWake == start + .seconds(1))
            time.advance(by: .seconds(1))
            #expect(await group.next() == 1)
            #expect(time.sleeperCount == 2)
            time.set(to: start - .seconds(10))
            #expect(time.sleeperCount == 2)
            time.set(to: start + .seconds(3))
            var rest = Set<Int>()
            for await seconds in group { rest.insert(seconds) }
            #expect(rest == [2, 3])
        }
        try await time.sleep(for: .zero)
    }

    @Test func `A cancelled sleeper throws at once`() async {
        let time = ManualTimeSource()
        let task = Task { await #expect(throws: CancellationError.self) { try await time.sleep(for: .seconds(1)) } }
        task.cancel()
        _ = await task.value
        #expect(time.sleeperCount == 0)
    }
}

@Suite struct SystemRandomSourceTests {
    /// The system gives 256 bytes at a time; a byte that no call reached stays as it was.
    @Test(arguments: [0, 1, 7, 255, 256, 257, 1000]) func `Every byte is overwritten, and none beyond`(_ count: Int) {
        var seen = [UInt8](repeating: 0, count: count + 1)
        for _ in 0..<16 {
            var bytes = [UInt8](repeating: 0, count: count + 1)
            bytes.withUnsafeMutableBytes { SystemRandomSource().fill(UnsafeMutableRawBufferPointer(rebasing: $0[..<count])) }
            for index in seen.indices { seen[index] |= bytes[index] }
        }
        // That all sixteen are 0 by chance happens once in 2^128.
        #expect(!seen[..<count].contains(0))
        #expect(seen[count] == 0)
    }
}
