/// How a QR code of one version is laid out, at error correction level M, which repairs 15 % of its codewords.
///
/// Source: ISO/IEC 18004:2015, §7.3 and tables 7 and 9.
struct QRLayout: Hashable, Sendable {
    /// 1...40.
    let version: Int

    init(version: Int) {
        precondition((1...40).contains(version), "A QR code has one of 40 versions.")
        self.version = version
    }

    /// The smallest that holds `count` bytes; `nil` above 2,331.
    init?(holding count: Int) {
        guard let version = (1...40).first(where: { QRLayout(version: $0).capacity >= count }) else { return nil }
        self.init(version: version)
    }

    /// Modules on a side, 21...177.
    var size: Int { 17 + 4 * version }

    /// Rows, and likewise columns, of the middles of alignment patterns; every pair but the three at finder patterns has one.
    var alignment: [Int] {
        guard version > 1 else { return [] }
        let gaps = version / 7 + 1
        let last = size - 7
        // Even and equal from the far end on; what is left over is in the first gap. Version 32 alone is otherwise than the rule.
        let gap = version == 32 ? 26 : (last - 6 + 2 * gaps - 1) / (2 * gaps) * 2
        return [6] + (0..<gaps).reversed().map { last - $0 * gap }
    }

    /// Codewords, data and error correction together: what function patterns leave of the square, in whole bytes.
    var codewords: Int {
        let middles = alignment.count
        let finders = 3 * 64
        let timing = 2 * (size - 16)
        let format = 2 * 15 + 1
        let versions = version >= 7 ? 36 : 0
        // All but the first and last of those in the timing row and column share five modules with it.
        let alignments = version >= 2 ? 25 * (middles * middles - 3) - 10 * (middles - 2) : 0
        return (size * size - finders - timing - format - versions - alignments) / 8
    }

    /// Codewords of error correction in each block.
    var correction: Int { Int(Self.correctionByVersion[version - 1]) }
    /// Blocks, each corrected by itself.
    var blocks: Int { Int(Self.blocksByVersion[version - 1]) }
    var dataCodewords: Int { codewords - correction * blocks }

    /// Data codewords of a block; the last blocks have one more where they do not come out even.
    func dataCodewords(ofBlock block: Int) -> Int {
        dataCodewords / blocks + (block >= blocks - dataCodewords % blocks ? 1 : 0)
    }

    /// Bits of the count of bytes.
    var countBits: Int { version < 10 ? 8 : 16 }
    /// Bytes that it holds in byte mode.
    var capacity: Int { (8 * dataCodewords - 4 - countBits) / 8 }

    private static let correctionByVersion: [UInt8] = [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
        26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ]
    private static let blocksByVersion: [UInt8] = [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
        17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ]
}
