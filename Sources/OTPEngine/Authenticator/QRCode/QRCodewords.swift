import CryptoPrimitives

/// The bytes of a QR code: content in byte mode, padding, and Reed–Solomon codewords, interleaved as they are placed.
///
/// Source: ISO/IEC 18004:2015, §7.4.5, §7.4.9, §7.5 and §7.6.
enum QRCodewords {
    static func make(_ content: borrowing SecretBytes, _ layout: QRLayout) -> SecretBytes {
        let data = content.withUnsafeBytes { self.data($0, layout) }
        let correction = data.withUnsafeBytes { self.correction($0, layout) }
        return SecretBytes(count: layout.codewords) { target in
            data.withUnsafeBytes { data in
                correction.withUnsafeBytes { correction in
                    interleave(data, correction, layout, into: target)
                }
            }
        }
    }

    private static func data(_ content: UnsafeRawBufferPointer, _ layout: QRLayout) -> SecretBytes {
        precondition(content.count <= layout.capacity, "A version holds its content.")
        return SecretBytes(count: layout.dataCodewords) { target in
            for index in target.indices { target[index] = 0 }
            var position = 0
            func append(_ value: Int, bits: Int) {
                for bit in (0..<bits).reversed() {
                    target[position / 8] |= UInt8(value >> bit & 1) << UInt8(7 - position % 8)
                    position += 1
                }
            }
            append(0b0100, bits: 4)
            append(content.count, bits: layout.countBits)
            for byte in content { append(Int(byte), bits: 8) }
            // Four zero bits end it, or as many as there is room for; then up to the next whole byte.
            var filled = min((position + 4 + 7) / 8, target.count)
            var padding: UInt8 = 0xEC
            while filled < target.count {
                target[filled] = padding
                padding ^= 0xEC ^ 0x11
                filled += 1
            }
        }
    }

    /// Error correction of all blocks, one after another.
    private static func correction(_ data: UnsafeRawBufferPointer, _ layout: QRLayout) -> SecretBytes {
        let generator = generator(layout.correction)
        return SecretBytes(count: layout.correction * layout.blocks) { target in
            for index in target.indices { target[index] = 0 }
            var start = 0
            for block in 0..<layout.blocks {
                let count = layout.dataCodewords(ofBlock: block)
                let remainder = UnsafeMutableRawBufferPointer(rebasing: target[block * layout.correction..<(block + 1) * layout.correction])
                for index in start..<start + count { divide(data[index], by: generator, remainder) }
                start += count
            }
        }
    }

    /// One step of the division of the block's polynomial by the generator.
    private static func divide(_ byte: UInt8, by generator: [UInt8], _ remainder: UnsafeMutableRawBufferPointer) {
        let factor = byte ^ remainder[0]
        for index in 0..<generator.count {
            let next = index + 1 < generator.count ? remainder[index + 1] : 0
            remainder[index] = next ^ product(generator[index], factor)
        }
    }

    private static func interleave(
        _ data: UnsafeRawBufferPointer, _ correction: UnsafeRawBufferPointer, _ layout: QRLayout,
        into target: UnsafeMutableRawBufferPointer
    ) {
        var filled = 0
        let longest = layout.dataCodewords(ofBlock: layout.blocks - 1)
        for index in 0..<longest {
            var start = 0
            for block in 0..<layout.blocks {
                let count = layout.dataCodewords(ofBlock: block)
                if index < count {
                    target[filled] = data[start + index]
                    filled += 1
                }
                start += count
            }
        }
        for index in 0..<layout.correction {
            for block in 0..<layout.blocks {
                target[filled] = correction[block * layout.correction + index]
                filled += 1
            }
        }
        precondition(filled == target.count, "Every codeword has its place.")
    }

    /// The product of (x − 2ⁱ) for i below `degree`, without its leading 1, highest power first.
    private static func generator(_ degree: Int) -> [UInt8] {
        var polynomial: [UInt8] = [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            var next = polynomial + [0]
            for (index, coefficient) in polynomial.enumerated() { next[index + 1] ^= product(coefficient, root) }
            polynomial = next
            root = product(root, 2)
        }
        return Array(polynomial.dropFirst())
    }

    /// In the field of 256 elements modulo x⁸ + x⁴ + x³ + x² + 1; without a table, whose cached parts would depend on the secret.
    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (sum, shifted) = (UInt8(0), left)
        for bit in 0..<8 as Range<UInt8> {
            sum ^= shifted & (0 &- (right >> bit & 1))
            shifted = shifted << 1 ^ 0x1D & (0 &- (shifted >> 7))
        }
        return sum
    }
}
