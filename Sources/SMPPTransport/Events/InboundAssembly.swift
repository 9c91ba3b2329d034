#if SMPP
    import CryptoPrimitives
    import NIOCore
    import RecordStorage

    /// Puts the parts of long messages together. Holds at most ``limit`` messages that are not complete, and
    /// ``octetLimit`` octets of them, the oldest giving way, and none longer than ``patience``.
    struct InboundAssembly {
        struct Name: Hashable {
            /// Of sender and receiver, under the process's key.
            let tag: Bytes16
            let reference: UInt16
            let total: UInt8
        }

        private struct Open {
            let since: NIODeadline
            var parts: [UInt8: Part] = [:]
        }

        /// A class, as a dictionary holds nothing that cannot be copied.
        private final class Part {
            let octets: SecretBytes
            init(_ octets: consuming SecretBytes) { self.octets = octets }
        }

        /// A short message has 140 octets, or 160 characters in an octet each.
        static let longestPart = 255
        static let octetLimit = 1 << 20

        let limit: Int
        let patience: TimeAmount
        private var open: [Name: Open] = [:]
        private var order: CircularBuffer<(Name, NIODeadline)> = []
        /// How many messages were given up before they were complete.
        private(set) var dropped = 0
        private var heldOctets = 0

        init(limit: Int = 256, patience: TimeAmount = .minutes(10)) {
            (self.limit, self.patience) = (limit, patience)
        }

        var count: Int { open.count }

        /// Takes a part; a second copy of one changes nothing.
        ///
        /// - Returns: all octets once they are there. The parts stay until ``close(_:)``, and a message that was not taken is complete again by its last part.
        mutating func add(_ octets: ByteBuffer, _ number: UInt8, of name: Name, now: NIODeadline) -> SecretBytes? {
            expire(now)
            if open[name] == nil {
                while open.count >= limit, let (oldest, since) = order.popFirst() { drop(oldest, since) }
                open[name] = Open(since: now)
                order.append((name, now))
            }
            guard var parts = open[name]?.parts else { return nil }
            if parts[number] == nil {
                parts[number] = Part(SecretBytes(copying: octets))
                heldOctets += octets.readableBytes
            }
            open[name]?.parts = parts
            while heldOctets > Self.octetLimit, let (oldest, since) = order.popFirst() { drop(oldest, since) }
            guard parts.count == Int(name.total) else { return nil }
            let sorted = parts.sorted { $0.key < $1.key }.map(\.value)
            return SecretBytes(count: sorted.reduce(0) { $0 + $1.octets.count }) { target in
                var position = 0
                for part in sorted {
                    part.octets.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: $0) }
                    position += part.octets.count
                }
            }
        }

        /// The message was taken.
        mutating func close(_ name: Name) {
            heldOctets -= open.removeValue(forKey: name)?.parts.values.reduce(0) { $0 + $1.octets.count } ?? 0
        }

        private mutating func expire(_ now: NIODeadline) {
            while let (name, since) = order.first, since + patience <= now {
                order.removeFirst()
                drop(name, since)
            }
        }

        private mutating func drop(_ name: Name, _ since: NIODeadline) {
            // Its place in the order may be that of an earlier message of the same name.
            guard let present = open[name], present.since == since else { return }
            close(name)
            dropped += 1
        }
    }

    extension SecretBytes {
        /// The readable octets, which stay where they are as well.
        init(copying buffer: ByteBuffer) {
            self.init(count: buffer.readableBytes) { target in buffer.withUnsafeReadableBytes { target.copyMemory(from: $0) } }
        }
    }
#endif
