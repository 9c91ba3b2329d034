import Clibsodium

/// SHA-1 in memory of the caller, who wipes it. For ``HMACSHA1`` alone: collisions can be made, so nothing is ever named by it.
///
/// Written here because authenticator apps ask for it and libsodium does not have it. Source: FIPS 180-4 §6.1, RFC 3174.
struct SHA1: ~Copyable {
    static let length = 20
    static let blockLength = 64
    /// Bytes of memory that a hash needs: chaining value, message schedule, block.
    static let memoryLength = 4 * (5 + 80) + blockLength

    private let chain: UnsafeMutablePointer<UInt32>
    private let schedule: UnsafeMutablePointer<UInt32>
    private let block: UnsafeMutablePointer<UInt8>
    private var count: UInt64 = 0

    /// - Parameter memory: ``memoryLength`` bytes, aligned for words; no other use as long as the hash lives.
    init(in memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= Self.memoryLength, "A hash has room for its state.")
        let words = memory.baseAddress!.bindMemory(to: UInt32.self, capacity: 85)
        (chain, schedule) = (words, words + 5)
        block = (memory.baseAddress! + 4 * 85).bindMemory(to: UInt8.self, capacity: Self.blockLength)
        for (index, word) in Self.start.enumerated() { chain[index] = word }
    }

    private static let start: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            block[Int(count % 64)] = byte
            count += 1
            if count % 64 == 0 { compress() }
        }
    }

    /// Pads, and writes the 20 bytes of the hash.
    consuming func finish(into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == Self.length, "There is room for the hash.")
        let bits = count * 8
        update(CollectionOfOne(0x80))
        while count % 64 != 56 { update(CollectionOfOne(0)) }
        for shift in stride(from: 56, through: 0, by: -8) { update(CollectionOfOne(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))) }
        for index in 0..<Self.length { target[index] = UInt8(truncatingIfNeeded: chain[index / 4] >> UInt32(24 - 8 * (index % 4))) }
    }

    private func compress() {
        for step in 0..<16 {
            schedule[step] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[4 * step + $1]) }
        }
        for step in 16..<80 {
            schedule[step] = Self.rotated(schedule[step - 3] ^ schedule[step - 8] ^ schedule[step - 14] ^ schedule[step - 16], 1)
        }
        var (a, b, c, d, e) = (chain[0], chain[1], chain[2], chain[3], chain[4])
        for step in 0..<80 {
            let (mixed, constant): (UInt32, UInt32) =
                switch step {
                case ..<20: (b & c | ~b & d, 0x5A82_7999)
                case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let next = Self.rotated(a, 5) &+ mixed &+ e &+ constant &+ schedule[step]
            (a, b, c, d, e) = (next, a, Self.rotated(b, 30), c, d)
        }
        chain[0] &+= a
        chain[1] &+= b
        chain[2] &+= c
        chain[3] &+= d
        chain[4] &+= e
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}

/// HMAC-SHA-1 under a key of any length, for authenticator apps, most of which know nothing else, and for a gateway that signs with it.
///
/// That collisions of SHA-1 can be made does not weaken it (RFC 6194 §3.3). Source: RFC 2104, RFC 4226.
package enum HMACSHA1 {
    package static func authenticate(_ message: [UInt8], key: borrowing SecretBytes) -> SecretBytes {
        SecretBytes(count: SHA1.length) { target in message.withUnsafeBytes { write(of: $0, key, to: target) } }
    }

    /// Of bytes that are elsewhere.
    package static func authenticate(_ message: UnsafeRawBufferPointer, key: borrowing SecretBytes) -> SecretBytes {
        SecretBytes(count: SHA1.length) { target in write(of: message, key, to: target) }
    }

    private static func write(of message: UnsafeRawBufferPointer, _ key: borrowing SecretBytes, to target: UnsafeMutableRawBufferPointer) {
        Sodium.ready()
        key.withUnsafeBytes { authenticate(message, key: $0, into: target) }
        // Half-mixed words of the key are where the compiler put its variables.
        sodium_stackzero(4_096)
    }

    @inline(never)
    private static func authenticate(
        _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        withTemporaryBytes(SHA1.memoryLength + SHA1.blockLength) { memory in
            defer { sodium_memzero(memory.baseAddress!, memory.count) }
            let state = UnsafeMutableRawBufferPointer(rebasing: memory[..<SHA1.memoryLength])
            let pad = UnsafeMutableRawBufferPointer(rebasing: memory[SHA1.memoryLength...])
            pad.initializeMemory(as: UInt8.self, repeating: 0)
            if key.count > SHA1.blockLength {
                var hash = SHA1(in: state)
                hash.update(key)
                hash.finish(into: UnsafeMutableRawBufferPointer(rebasing: pad[..<SHA1.length]))
            } else {
                pad.copyMemory(from: key)
            }
            for index in pad.indices { pad[index] ^= 0x36 }
            var inner = SHA1(in: state)
            inner.update(pad)
            inner.update(message)
            inner.finish(into: target)
            for index in pad.indices { pad[index] ^= 0x36 ^ 0x5C }
            var outer = SHA1(in: state)
            outer.update(pad)
            outer.update(target)
            outer.finish(into: target)
        }
    }
}
