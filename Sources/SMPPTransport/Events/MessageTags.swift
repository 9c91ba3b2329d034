#if SMPP
    import CryptoPrimitives
    import NIOCore
    import RecordStorage

    /// What is known of a message while it is under way, besides its octets.
    struct MessageTags: Hashable, Sendable {
        /// ``Messaging/OutboundMessage/idempotencyKey``.
        let key: String
        /// user_message_reference: 16 bits of the key's hash.
        let reference: UInt16
        /// Of the number, under a key of this process's.
        let recipient: UInt64
    }

    /// Tags under a key that lives as long as the process, so that no number can be guessed from one that leaks.
    final class TagKey: Sendable {
        private let key: SecretBytes

        init(random: some RandomSource) { key = SecretBytes(random: random) }

        /// By the last nine digits, so that a number with its country code, with a plus sign, or with none is the same.
        func recipient(_ digits: UnsafeRawBufferPointer) -> UInt64 {
            var hash = BLAKE2b(label: "SPNI/v1/smpp-recipient", key: key, length: 16)
            hash.append(UnsafeRawBufferPointer(rebasing: digits.suffix(9)))
            return Self.first64(hash.finish16())
        }

        func content(_ parts: [UnsafeRawBufferPointer], _ name: String) -> Bytes16 {
            var hash = BLAKE2b(label: "SPNI/v1/smpp-inbound", key: key, length: 16)
            hash.append(name)
            for part in parts { hash.append(part) }
            return hash.finish16()
        }

        func tags(_ recipient: UnsafeRawBufferPointer, idempotencyKey: String) -> MessageTags {
            var hash = BLAKE2b(label: "SPNI/v1/smpp-reference", length: 16)
            hash.append(idempotencyKey)
            return MessageTags(
                key: idempotencyKey, reference: UInt16(truncatingIfNeeded: Self.first64(hash.finish16())),
                recipient: self.recipient(recipient))
        }

        private static func first64(_ bytes: Bytes16) -> UInt64 {
            bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        }
    }
#endif
