/// ChaCha20-Poly1305 written from RFC 8439 alone, slowly and plainly, so that the library has somebody to disagree with.
///
/// The library offers only the form with a long nonce. That form is this one under a subkey (HChaCha20), so vectors of the short
/// form reach it through here.
enum ChaChaReference {
    /// Source: RFC 8439 §2.3.
    static func block(key: [UInt8], counter: UInt32, nonce: [UInt8]) -> [UInt8] {
        let start = constants + words(key) + [counter] + words(nonce)
        return bytes(zip(rounds(start), start).map { $0 &+ $1 })
    }

    /// Source: draft-irtf-cfrg-xchacha-03 §2.2.
    static func subkey(key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        let state = rounds(constants + words(key) + words(nonce))
        return bytes(Array(state[..<4] + state[12...]))
    }

    /// `nonce` has 12 bytes. Source: RFC 8439 §2.8.
    static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]) -> [UInt8] {
        var (ciphertext, stream): ([UInt8], [UInt8]) = ([], [])
        for (index, byte) in plaintext.enumerated() {
            if index % 64 == 0 { stream = block(key: key, counter: UInt32(1 + index / 64), nonce: nonce) }
            ciphertext.append(byte ^ stream[index % 64])
        }
        let oneTimeKey = Array(block(key: key, counter: 0, nonce: nonce)[..<32])
        let lengths = [associatedData.count, ciphertext.count].flatMap { count in (0..<8).map { UInt8(count >> ($0 * 8) & 0xFF) } }
        return ciphertext + authenticate(padded(associatedData) + padded(ciphertext) + lengths, key: oneTimeKey)
    }

    /// `nonce` has 24 bytes. Source: draft-irtf-cfrg-xchacha-03 §2.3.
    static func sealLong(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]) -> [UInt8] {
        let subkey = subkey(key: key, nonce: Array(nonce[..<16]))
        return seal(plaintext, key: subkey, nonce: [0, 0, 0, 0] + nonce[16...], associatedData: associatedData)
    }

    /// Poly1305, its numbers as 17 bytes and schoolbook products. Source: RFC 8439 §2.5.
    static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var factor = key[..<16].map(Int.init)
        for index in [3, 7, 11, 15] { factor[index] &= 15 }
        for index in [4, 8, 12] { factor[index] &= 252 }
        var sum = [Int](repeating: 0, count: 17)
        for start in stride(from: 0, to: message.count, by: 16) {
            let part = message[start..<min(start + 16, message.count)] + [1]
            for (index, byte) in part.enumerated() { sum[index] += Int(byte) }
            var product = [Int](repeating: 0, count: 33)
            for (i, a) in sum.enumerated() { for (j, b) in factor.enumerated() { product[i + j] += a * b } }
            sum = reduced(product)
        }
        // 2^130 is 5 modulo the prime: a number is not below the prime exactly if adding 5 carries into bit 130.
        var less = sum
        less[0] += 5
        carry(&less)
        if less[16] >= 4 {
            less[16] &= 3
            sum = less
        }
        for index in 0..<16 { sum[index] += Int(key[16 + index]) }
        carry(&sum)
        return sum[..<16].map { UInt8($0) }
    }

    /// Below 2^130 and a little, from 33 columns.
    private static func reduced(_ columns: [Int]) -> [Int] {
        var columns = columns
        for _ in 0..<3 {
            carry(&columns)
            var folded = Array(columns[..<17])
            let high = [columns[16] >> 2] + columns[17...].map { $0 }
            folded[16] &= 3
            // What is above bit 130, times five: two bits of column 16, then the columns above it, each 6 bits further down.
            for (index, value) in high.enumerated() {
                let factor = index == 0 ? 5 : 5 * 64
                let place = index == 0 ? 0 : index - 1
                if place < 17 { folded[place] += value * factor }
            }
            columns = folded + [Int](repeating: 0, count: columns.count - 17)
        }
        carry(&columns)
        return Array(columns[..<17])
    }

    private static func carry(_ columns: inout [Int]) {
        for index in 0..<columns.count - 1 {
            columns[index + 1] += columns[index] >> 8
            columns[index] &= 255
        }
    }

    private static let constants: [UInt32] = [0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574]

    private static func rounds(_ state: [UInt32]) -> [UInt32] {
        var state = state
        func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
            for (target, source, mixed, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] as [(Int, Int, Int, UInt32)] {
                state[target] &+= state[source]
                state[mixed] ^= state[target]
                state[mixed] = state[mixed] << turn | state[mixed] >> (32 - turn)
            }
        }
        for _ in 0..<10 {
            for column in 0..<4 { quarter(column, column + 4, column + 8, column + 12) }
            for column in 0..<4 { quarter(column, (column + 1) % 4 + 4, (column + 2) % 4 + 8, (column + 3) % 4 + 12) }
        }
        return state
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << ($1 * 8) } }
    }

    private static func bytes(_ words: [UInt32]) -> [UInt8] {
        words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (16 - bytes.count % 16) % 16)
    }
}
