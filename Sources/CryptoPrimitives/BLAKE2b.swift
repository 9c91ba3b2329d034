import Clibsodium

/// BLAKE2b with 16 to 64 bytes of output, with or without a key of 16 to 64 bytes, over fields that each carry their length.
///
/// Every hash of this library starts with a label such as `SPNI/v1/otp` and writes each field as a u32 length and the bytes,
/// so that no two different inputs are the same bytes. Source: RFC 7693.
package struct BLAKE2b: ~Copyable {
    private let state: UnsafeMutableRawPointer
    private let length: Int

    private var handle: OpaquePointer { OpaquePointer(state) }

    private init(key: UnsafeRawBufferPointer?, length: Int) {
        Sodium.ready()
        self.length = length
        state = .allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
        let result = crypto_generichash_init(
            handle, key?.baseAddress?.assumingMemoryBound(to: UInt8.self), key?.count ?? 0, length)
        precondition(result == 0, "A key has 16 to 64 bytes and a hash 16 to 64.")
    }

    /// A hash that anyone can compute.
    package init(label: StaticString, length: Int = 32) {
        self.init(key: nil, length: length)
        append(label)
    }

    /// A hash under a secret key.
    package init(label: StaticString, key: borrowing SecretBytes, length: Int = 32) {
        self = key.withUnsafeBytes { BLAKE2b(key: $0, length: length) }
        append(label)
    }

    private mutating func append(_ label: StaticString) {
        append(UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount))
    }

    /// A field: its length as u32, then its bytes.
    package mutating func append(_ field: UnsafeRawBufferPointer) {
        var length = UInt32(field.count).bigEndian
        withUnsafeBytes(of: &length) { update($0) }
        update(field)
    }

    package mutating func append(_ field: [UInt8]) {
        field.withUnsafeBytes { append($0) }
    }

    package mutating func append(_ field: borrowing SecretBytes) {
        field.withUnsafeBytes { append($0) }
    }

    package mutating func append(_ text: String) {
        append(Array(text.utf8))
    }

    /// A field of four bytes, big-endian.
    package mutating func append(_ value: UInt32) {
        var value = value.bigEndian
        withUnsafeBytes(of: &value) { append($0) }
    }

    /// A field of eight bytes, big-endian.
    package mutating func append(_ value: UInt64) {
        var value = value.bigEndian
        withUnsafeBytes(of: &value) { append($0) }
    }

    private mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        crypto_generichash_update(handle, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }

    /// The hash, where it is no secret.
    package consuming func finish() -> [UInt8] {
        let (handle, length) = (handle, length)
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            crypto_generichash_final(handle, buffer.baseAddress!, length)
            initialized = length
        }
    }

    /// The hash as a key.
    package consuming func finishSecret() -> SecretBytes {
        let (handle, length) = (handle, length)
        return SecretBytes(count: length) { target in
            _ = crypto_generichash_final(handle, target.baseAddress!.assumingMemoryBound(to: UInt8.self), length)
        }
    }

    deinit {
        // The state of a keyed hash is as good as its key.
        sodium_memzero(state, crypto_generichash_statebytes())
        state.deallocate()
    }
}
