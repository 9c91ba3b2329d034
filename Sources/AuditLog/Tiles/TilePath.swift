/// The name of a tile or an entry bundle. Source: C2SP tlog-tiles.
public struct TilePath: Hashable, Sendable {
    /// Hashes of a full tile, entries of a full bundle.
    public static let width = 256
    /// Where the signed checkpoint is.
    public static let checkpoint = "checkpoint"

    /// The level of a hash tile; `nil` for an entry bundle.
    public let level: Int?
    public let index: UInt64
    /// 1...256; below 256 the tile is partial.
    public let width: Int

    public static func tile(level: Int, index: UInt64, width: Int = Self.width) -> Self {
        Self(level: level, index: index, width: width)
    }

    public static func entries(_ index: UInt64, width: Int = Self.width) -> Self {
        Self(level: nil, index: index, width: width)
    }

    /// Such as `tile/0/x001/x234/067.p/8`.
    public var text: String { isPartial ? "\(full).p/\(width)" : full }

    public var isPartial: Bool { width < Self.width }

    /// The path of the full tile.
    public var full: String { "tile/\(level.map(String.init) ?? "entries")/\(Self.encode(index))" }

    /// The same tile with another number of hashes.
    func with(width: Int) -> Self { Self(level: level, index: index, width: width) }

    /// Groups of three digits; all but the last begin with `x`, so that no name is both file and directory.
    private static func encode(_ index: UInt64) -> String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            groups.append(String(repeating: "0", count: 3 - digits.count) + digits)
            rest /= 1000
        } while rest > 0
        return groups.enumerated().reversed().map { $0.offset == 0 ? $0.element : "x\($0.element)" }.joined(separator: "/")
    }

    /// The tiles, entry bundle first and then by level, that hold the right edge of a tree of `size` entries.
    static func edge(size: UInt64) -> [TilePath] {
        var tiles: [TilePath] = []
        var count = size
        for level in 0... {
            guard count > 0 else { break }
            let width = Int(count % 256)
            if width > 0 {
                if level == 0 { tiles.append(.entries(count / 256, width: width)) }
                tiles.append(.tile(level: level, index: count / 256, width: width))
            }
            count /= 256
        }
        return tiles
    }
}
