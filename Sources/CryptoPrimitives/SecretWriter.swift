/// Writes a secret piece by piece, straight into guarded memory.
///
/// The pieces are given twice: once to count them, once to write them, because guarded memory does not grow.
package struct SecretWriter {
    /// `nil` while bytes are only counted.
    private let target: UnsafeMutableRawBufferPointer?
    package private(set) var count = 0

    fileprivate init(target: UnsafeMutableRawBufferPointer?) { self.target = target }

    package mutating func byte(_ byte: UInt8) {
        if let target {
            precondition(count < target.count, "A secret's pieces are the same when they are counted and when they are written.")
            target[count] = byte
        }
        count += 1
    }

    package mutating func bytes(_ bytes: some Sequence<UInt8>) {
        for next in bytes { byte(next) }
    }

    package mutating func text(_ text: String) { bytes(text.utf8) }
}

extension SecretBytes {
    /// - Parameter pieces: called twice, and writes the same both times.
    package static func writing(_ pieces: (inout SecretWriter) -> Void) -> SecretBytes {
        var counter = SecretWriter(target: nil)
        pieces(&counter)
        return SecretBytes(count: counter.count) { target in
            var writer = SecretWriter(target: target)
            pieces(&writer)
            precondition(writer.count == target.count, "A secret's pieces are the same when they are counted and when they are written.")
        }
    }
}
