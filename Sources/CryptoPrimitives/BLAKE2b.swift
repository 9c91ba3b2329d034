import Clibsodium
package import RecordStorage

/// BLAKE2b with 16 to 64 bytes of output, with or without a key of 16 to 64 bytes, over fields that each carry their length.
///
/// Every hash of this library starts with a label such as `SPNI/v1/otp` and writes each field as a u32 length and the bytes,
/// so that no two different inputs are the same bytes. Source: RFC 7693.
package struct BLAKE2b: ~Copyable {
    private let state: UnsafeMutableRawPointer
    private let length: Int
    /// Bytes that wait beside the state until there are enough: a call of libsodium for each small field costs more than the copy.
    // Set in the initializer: with a value here, compilers of 2026 run `deinit` before an initializer that assigns `self`.
    private var pending: Int
    /// Where the state was allocated, if it is not a caller's.
    private let allocation: UnsafeMutableRawPointer?

    private var handle: OpaquePointer { OpaquePointer(state) }

    /// Bytes of a state, which begins at a multiple of 64.
    private static let stateLength = 384
    /// Bytes that may wait: two blocks.
    private static let pendingLimit = 256
    /// With room for the alignment: what the heap, and a buffer on the stack, align by themselves is less.
    private static let allocationLength = stateLength + pendingLimit + 63

    /// Without a label: for the vectors of others.
    init(key: UnsafeRawBufferPointer?, length: Int) {
        let allocation = UnsafeMutableRawPointer.allocate(byteCount: Self.allocationLength, alignment: 16)
        self.init(key: key, length: length, in: allocation, owned: true)
    }

    private init(key: UnsafeRawBufferPointer?, length: Int, in memory: UnsafeMutableRawPointer, owned: Bool) {
        Sodium.ready()
        self.length = length
        pending = 0
        state = memory.alignedUp(toMultipleOf: 64)
        allocation = owned ? memory : nil
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

    /// A hash under a secret key whose state is on the stack for the length of `body`, and wiped there. The caller clears the registers.
    static func onStack<Value: ~Copyable, Failure: Error>(
        label: StaticString, key: borrowing SecretBytes, length: Int, _ body: (consuming BLAKE2b) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try onStack(key: key, length: length) { hash throws(Failure) in
            var hash = hash
            hash.append(label)
            return try body(hash)
        }
    }

    /// The same for a caller who writes the label itself.
    static func onStack<Value: ~Copyable, Failure: Error>(
        key: borrowing SecretBytes, length: Int, _ body: (consuming BLAKE2b) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try withTemporaryBytes(allocationLength) { memory throws(Failure) in
            try body(key.withUnclearedBytes { BLAKE2b(key: $0, length: length, in: memory.baseAddress!, owned: false) })
        }
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

    package mutating func append(_ field: Bytes16) {
        field.withUnsafeBytes { append($0) }
    }

    package mutating func append(_ field: Bytes32) {
        field.withUnsafeBytes { append($0) }
    }

    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// A field of two bytes, big-endian.
    package mutating func append(_ value: UInt16) {
        var value = value.bigEndian
        withUnsafeBytes(of: &value) { append($0) }
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

    /// Bytes without their length.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        if pending + bytes.count > Self.pendingLimit { flush() }
        guard bytes.count <= Self.pendingLimit else { return update(bytes.baseAddress!, bytes.count) }
        (state + Self.stateLength + pending).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        pending += bytes.count
    }

    private mutating func flush() {
        update(state + Self.stateLength, pending)
        pending = 0
    }

    private func update(_ start: UnsafeRawPointer, _ count: Int) {
        crypto_generichash_update(handle, start.assumingMemoryBound(to: UInt8.self), UInt64(count))
    }

    private mutating func finish(at target: UnsafeMutableRawPointer) {
        flush()
        crypto_generichash_final(handle, target.assumingMemoryBound(to: UInt8.self), length)
    }

    /// The hash, where it is no secret.
    package consuming func finish() -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: length)
        hash.withUnsafeMutableBytes { finish(at: $0.baseAddress!) }
        return hash
    }

    /// A hash of 16 bytes, where it is no secret.
    package consuming func finish16() -> Bytes16 {
        precondition(length == 16, "The hash has 16 bytes.")
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { finish(at: $0.baseAddress!) }
        return Bytes16(words: words)
    }

    /// A hash of 32 bytes, where it is no secret.
    package consuming func finish32() -> Bytes32 {
        precondition(length == 32, "The hash has 32 bytes.")
        var words: ((UInt64, UInt64), (UInt64, UInt64)) = ((0, 0), (0, 0))
        withUnsafeMutableBytes(of: &words) { finish(at: $0.baseAddress!) }
        return Bytes32(Bytes16(words: words.0), Bytes16(words: words.1))
    }

    /// The hash as a key.
    package consuming func finishSecret() -> SecretBytes {
        SecretBytes(count: length) { finish(at: $0.baseAddress!) }
    }

    /// The hash in memory that the caller wipes.
    consuming func finish(into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == length, "There is room for the hash.")
        finish(at: target.baseAddress!)
    }

    deinit {
        // The state of a keyed hash is as good as its key, and what waits may be one.
        sodium_memzero(state, Self.stateLength + Self.pendingLimit)
        guard let allocation else { return }
        Sodium.clearRegisters()
        allocation.deallocate()
    }
}

/// Lends `count` bytes on the stack, of any content, for the length of `body`.
func withTemporaryBytes<Value: ~Copyable, Failure: Error>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
) throws(Failure) -> Value {
    try withUnsafeTemporaryAllocation(byteCount: count, alignment: 16, body)
}
