#if Tool
    import CryptoPrimitives
    import RecordStorage

    /// What people read to each other to know that they have the same key or file: 128 bits of a hash, in groups of four.
    enum Fingerprint {
        static func text(of bytes: [UInt8]) -> String {
            var hash = BLAKE2b(label: "SPNI/v1/fingerprint")
            hash.append(bytes)
            let digits = Array(Hexadecimal.encode(hash.finish()[..<16]))
            return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
        }
    }
#endif
