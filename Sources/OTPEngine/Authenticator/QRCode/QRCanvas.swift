/// The modules of a QR code while it is made, in memory of the caller: one byte each, row by row.
///
/// Source: ISO/IEC 18004:2015, §6.3, §7.7, §7.8.1, §7.9 and §7.10.
struct QRCanvas {
    private let layout: QRLayout
    private let size: Int
    /// Bit 0: dark. Bit 1: part of a function pattern, which holds no data and takes no mask.
    private let modules: UnsafeMutableRawBufferPointer

    /// Draws the function patterns.
    ///
    /// - Parameter modules: `size * size` bytes.
    init(_ layout: QRLayout, in modules: UnsafeMutableRawBufferPointer) {
        precondition(modules.count == layout.size * layout.size, "A code has room for its modules.")
        (self.layout, self.modules) = (layout, modules)
        size = layout.size
        for index in modules.indices { modules[index] = 0 }
        drawFinders()
        drawAlignment()
        for index in 8..<size - 8 {
            reserve(6, index, index % 2 == 0)
            reserve(index, 6, index % 2 == 0)
        }
        drawFormat(mask: 0)
        drawVersion()
    }

    func isDark(_ row: Int, _ column: Int) -> Bool { modules[row * size + column] & 1 == 1 }

    private func isReserved(_ row: Int, _ column: Int) -> Bool { modules[row * size + column] & 2 == 2 }

    private func reserve(_ row: Int, _ column: Int, _ isDark: Bool) {
        modules[row * size + column] = isDark ? 3 : 2
    }

    private func drawFinders() {
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] {
            for down in -4...4 {
                for right in -4...4 where (0..<size).contains(row + down) && (0..<size).contains(column + right) {
                    let ring = max(abs(down), abs(right))
                    reserve(row + down, column + right, ring != 2 && ring != 4)
                }
            }
        }
    }

    private func drawAlignment() {
        let middles = layout.alignment
        for row in middles {
            for column in middles where !((row == 6 && column == 6) || (row == 6 && column == size - 7) || (row == size - 7 && column == 6))
            {
                for down in -2...2 {
                    for right in -2...2 { reserve(row + down, column + right, max(abs(down), abs(right)) != 1) }
                }
            }
        }
    }

    /// Level and mask, with ten bits that correct them, twice; and the one module that is always dark.
    func drawFormat(mask: Int) {
        // Level M is 00.
        let bits = (mask << 10 | Self.remainder(mask << 10, 0b101_0011_0111, 10)) ^ 0b101_0100_0001_0010
        for index in 0..<15 {
            let isDark = bits >> index & 1 == 1
            switch index {
            case ..<6: reserve(index, 8, isDark)
            case ..<8: reserve(index + 1, 8, isDark)
            case 8: reserve(8, 7, isDark)
            default: reserve(8, 14 - index, isDark)
            }
            if index < 8 { reserve(8, size - 1 - index, isDark) } else { reserve(size - 15 + index, 8, isDark) }
        }
        reserve(size - 8, 8, true)
    }

    /// The version with twelve bits that correct it, twice, from version 7 on.
    private func drawVersion() {
        guard layout.version >= 7 else { return }
        let bits = layout.version << 12 | Self.remainder(layout.version << 12, 0b1_1111_0010_0101, 12)
        for index in 0..<18 {
            let (along, across) = (index / 3, size - 11 + index % 3)
            reserve(along, across, bits >> index & 1 == 1)
            reserve(across, along, bits >> index & 1 == 1)
        }
    }

    /// What is left when a polynomial over two elements is divided by another.
    private static func remainder(_ dividend: Int, _ divisor: Int, _ degree: Int) -> Int {
        var rest = dividend
        for bit in (degree..<degree + 8).reversed() where rest >> bit & 1 == 1 { rest ^= divisor << (bit - degree) }
        return rest
    }

    /// Fills what is not reserved with the bits of `codewords`: pairs of columns from the right, upwards and downwards in turn. Bits that
    /// are left over stay light.
    func place(_ codewords: UnsafeRawBufferPointer) {
        var bit = 0
        var isUpward = true
        for pair in (0..<size / 2).reversed() {
            // The column of the timing pattern is in no pair.
            let right = pair < 3 ? 2 * pair + 1 : 2 * pair + 2
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in stride(from: right, through: right - 1, by: -1) where !isReserved(row, column) {
                    if bit < 8 * codewords.count {
                        modules[row * size + column] = codewords[bit / 8] >> UInt8(7 - bit % 8) & 1
                    }
                    bit += 1
                }
            }
            isUpward.toggle()
        }
    }

    /// Turns over the modules that a mask names; the same once more undoes it.
    func apply(mask: Int) {
        for row in 0..<size {
            for column in 0..<size where !isReserved(row, column) && Self.mask(mask, row, column) {
                modules[row * size + column] ^= 1
            }
        }
    }

    private static func mask(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        let product = row * column
        return switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: product % 2 + product % 3 == 0
        case 6: (product % 2 + product % 3) % 2 == 0
        default: ((row + column) % 2 + product % 3) % 2 == 0
        }
    }
}
