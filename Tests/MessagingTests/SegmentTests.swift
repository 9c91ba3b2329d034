import CryptoPrimitives
import Foundation
import Testing

@testable import Messaging

@Suite struct SegmentTests {
    private struct Vector {
        let name: String
        let reference: MessageSegments.Reference
        let text: [UInt8]
        let encoding: MessageSegments.Encoding
        let units: [Int]
        let parts: [[UInt8]]

        init(_ line: some StringProtocol) throws {
            let fields = String(line).split { $0 == " " }.map { String($0) }
            name = fields[0]
            reference = fields[1] == "8" ? .eightBit : .sixteenBit
            text = try fields[2].split { $0 == "+" }.flatMap { piece in
                let halves = piece.split { $0 == "*" }
                let count = halves.count == 2 ? try #require(Int(halves[1])) : 1
                return Array(repeating: try Self.bytes(halves[0]), count: count).flatMap(\.self)
            }
            encoding = try #require(MessageSegments.Encoding(rawValue: fields[3]))
            units = try fields[4].split { $0 == "," }.map { try #require(Int($0)) }
            parts = try fields[5].split { $0 == "," }.map { try Self.bytes($0) }
        }

        private static func bytes(_ hex: some StringProtocol) throws -> [UInt8] {
            guard hex != "-" else { return [] }
            let digits = Array(hex)
            return try stride(from: 0, to: digits.count, by: 2).map { try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16)) }
        }
    }

    private func vectors() throws -> [Vector] {
        let file = try #require(Bundle.module.url(forResource: "Vectors/segments", withExtension: "txt"))
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { try Vector($0) }
    }

    private func segments(_ bytes: [UInt8], _ reference: MessageSegments.Reference = .eightBit) throws -> MessageSegments {
        try bytes.span.withUnsafeBytes { bytes throws(TransportError) in try MessageSegments(bytes, reference: reference) }
    }

    private func encoded(_ segments: MessageSegments, of text: [UInt8]) throws -> [[UInt8]] {
        try segments.parts.indices.map { index in
            bytes(of: try text.span.withUnsafeBytes { text throws(TransportError) in try segments.encoded(index, of: text) })
        }
    }

    @Test func `Alphabet, parts and bytes are what another program computes`() throws {
        let vectors = try vectors()
        #expect(vectors.count > 200)
        for vector in vectors {
            let segments = try segments(vector.text, vector.reference)
            #expect(segments.encoding == vector.encoding, "\(vector.name)")
            #expect(segments.parts.map(\.units) == vector.units, "\(vector.name)")
            #expect(segments.units == vector.units.reduce(0, +) && segments.count == vector.units.count, "\(vector.name)")
            #expect(try encoded(segments, of: vector.text) == vector.parts, "\(vector.name)")
        }
    }

    /// Counted by hand from the standard.
    @Test(
        arguments: [
            ("", .gsm7, 0, 1), ("£", .gsm7, 1, 1), ("€", .gsm7, 2, 1), ("^", .gsm7, 2, 1), ("[]{}\\|~", .gsm7, 14, 1), ("ç", .ucs2, 1, 1),
            ("Ç", .gsm7, 1, 1), ("Ω", .gsm7, 1, 1), ("ω", .ucs2, 1, 1), ("e\u{301}", .ucs2, 2, 1), ("\u{E9}", .gsm7, 1, 1),
            ("😀", .ucs2, 2, 1),
            ("👩‍👩‍👧‍👦", .ucs2, 11, 1), ("\r\n", .gsm7, 2, 1), ("\u{0}", .ucs2, 1, 1), ("\u{1B}", .ucs2, 1, 1), ("\u{FFFF}", .ucs2, 1, 1),
            (String(repeating: "a", count: 160), .gsm7, 160, 1), (String(repeating: "a", count: 161), .gsm7, 161, 2),
            (String(repeating: "a", count: 306), .gsm7, 306, 2), (String(repeating: "a", count: 307), .gsm7, 307, 3),
            (String(repeating: "€", count: 80), .gsm7, 160, 1), (String(repeating: "€", count: 153), .gsm7, 306, 3),
            (String(repeating: "я", count: 70), .ucs2, 70, 1), (String(repeating: "я", count: 71), .ucs2, 71, 2),
            (String(repeating: "😀", count: 67), .ucs2, 134, 3),
        ] as [(String, MessageSegments.Encoding, Int, Int)])
    func `What is known by heart is counted so`(_ text: String, _ encoding: MessageSegments.Encoding, _ units: Int, _ count: Int) throws {
        let segments = try MessageSegments(text)
        #expect(segments.encoding == encoding && segments.units == units && segments.count == count)
    }

    @Test(arguments: [MessageSegments.Reference.eightBit, .sixteenBit])
    func `Parts follow each other without a gap, none is too full, and none begins with half a character`(
        _ reference: MessageSegments.Reference
    ) throws {
        for pool in ["ab€^", "я😀", "a€я😀\u{301}漢"] {
            let text = Array(String((0..<600).map { Array(pool)[$0 * $0 % 7 % pool.count] }).utf8)
            let segments = try segments(text, reference)
            #expect(segments.parts.first?.bytes.lowerBound == 0 && segments.parts.last?.bytes.upperBound == text.count)
            for (part, next) in zip(segments.parts, segments.parts.dropFirst()) { #expect(part.bytes.upperBound == next.bytes.lowerBound) }
            let most = (segments.encoding == .gsm7 ? 153 : 67) - (reference == .eightBit ? 0 : 1)
            for part in segments.parts {
                #expect(part.units <= most && String(validating: text[part.bytes], as: UTF8.self) != nil)
            }
            for part in try encoded(segments, of: text) where segments.encoding == .ucs2 {
                #expect(!(0xDC...0xDF).contains(part[0]), "a part begins with the second half of a character")
            }
            for part in try encoded(segments, of: text) where segments.encoding == .gsm7 {
                #expect(part.last != 0x1B, "a part ends with an escape")
            }
        }
    }

    @Test func `There are 255 parts, and not one more`() throws {
        #expect(try segments([UInt8](repeating: 0x61, count: 255 * 153)).count == 255)
        #expect(try segments([UInt8](repeating: 0x61, count: 255 * 152), .sixteenBit).count == 255)
        // Each part loses a septet to an escape that would be split: the whole has few enough, and still does not fit.
        let escapes = Array(String(repeating: "€", count: 255 * 76).utf8)
        #expect(try segments(escapes).count == 255)
        for tooLong in [
            [UInt8](repeating: 0x61, count: 255 * 153 + 1), escapes + Array("€".utf8), [UInt8](repeating: 0x61, count: 10_000_000),
            Array(String(repeating: "😀", count: 255 * 33 + 1).utf8),
        ] {
            let error = #expect(throws: TransportError.self) { _ = try segments(tooLong) }
            #expect(error?.code == .refused)
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0x61, 0xE2, 0x28, 0xA1],
        ] as [[UInt8]])
    func `What is not UTF-8 is refused`(_ bytes: [UInt8]) throws {
        for text in [bytes, [0x61] + bytes, bytes + [0x61], [UInt8](repeating: 0x61, count: 200) + bytes] {
            let error = #expect(throws: TransportError.self) { _ = try segments(text) }
            #expect(error?.code == .refused)
        }
    }

    @Test func `Every character is read as the standard library reads it`() throws {
        for value in (0...0x10FFFF as ClosedRange<UInt32>).lazy.filter({ $0 < 0x3000 || $0 % 37 == 0 }) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let segments = try segments(Array(String(scalar).utf8))
            if segments.encoding == .ucs2 {
                let units = String(scalar).utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
                #expect(try encoded(segments, of: Array(String(scalar).utf8)) == [units])
            }
        }
    }

    @Test func `Whatever bytes come, they are refused where the standard library refuses them, and else come back`() throws {
        var state: UInt64 = 1
        func draw(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
        let pieces: [[UInt8]] =
            ["a", "€", "я", "😀", "e\u{301}", "\n", "漢"].map { Array($0.utf8) } + [[0x80], [0xE2, 0x82], [0xF4], [0xED, 0xA0, 0x80]]
        var refused = 0
        for _ in 0..<3_000 {
            let most = draw(3) == 0 ? pieces.count : 7
            let text = (0..<draw(200)).flatMap { _ in pieces[draw(most)] }
            _ = text.span.withUnsafeBytes { InboundKeyword.find(in: $0) }
            guard let string = String(validating: text, as: UTF8.self) else {
                #expect(throws: TransportError.self) { _ = try segments(text) }
                refused += 1
                continue
            }
            let split = try segments(text, draw(2) == 0 ? .eightBit : .sixteenBit)
            let bytes = try encoded(split, of: text).flatMap(\.self)
            guard split.encoding == .ucs2 else { continue }
            let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            #expect(units.elementsEqual(string.utf16))
        }
        #expect(refused > 100)
    }

    @Test func `Parts of one text are not made of another`() throws {
        let segments = try MessageSegments("a€b")
        for other in ["", "a", "я", "a€€", "abcde", "aяb", "abc€"] {
            let error = #expect(throws: TransportError.self) { _ = try encoded(segments, of: Array(other.utf8)) }
            #expect(error?.code == .refused, "\(other)")
        }
    }
}
