import Clibsodium
package import RecordStorage

/// BLAKE2b with 16 to 64 bytes of output, with or without a key of 16 to 64 bytes, over fields that each carry their length.
///
/// Every hash of this library starts with a label such as `SPNI/v1/otp` and writes each field as a u32 length and the bytes,
/// so that no two different inputs are the same bytes. Source: RFC 7693.
package struct BLAKE2b: ~Copyable {
    /// The state; the bytes that wait lie behind it, and the key behind those.
    private let state: UnsafeMutableRawPointer
    private let length: Int
    private let keyLength: Int
    /// Bytes that wait until there are enough: a call of libsodium for each small field costs more than the copy. What never grows beyond them
    /// is hashed in one call, and needs no state.
    // Set in the initializer: with a value here, compilers of 2026 run `deinit` before an initializer that assigns `self`.
    private var pending: Int
    private var isStarted: Bool
    /// Where the state was allocated, if it is not a caller's.
    private let allocation: UnsafeMutableRawPointer?

    private var handle: OpaquePointer { OpaquePointer(state) }
    private var waiting: UnsafeMutableRawPointer { state + Self.stateLength }
    private var key: UnsafeMutableRawPointer { waiting + Self.pendingLimit }

    /// Bytes of a state, which begins at a multiple of 64.
    private static let stateLength = 384
    /// Bytes that may wait: two blocks.
    private static let pendingLimit = 256
    private static let keyLimit = 64
    /// With room for the alignment: what the heap, and a buffer on the stack, align by themselves is less.
    private static let allocationLength = stateLength + pendingLimit + keyLimit + 63

    /// Without a label: for the vectors of others.
    init(key: UnsafeRawBufferPointer?, length: Int) {
        let allocation = UnsafeMutableRawPointer.allocate(byteCount: Self.allocationLength, alignment: 16)
        self.init(key: key, length: length, in: allocation, owned: true)
    }

    private init(key: UnsafeRawBufferPointer?, length: Int, in memory: UnsafeMutableRawPointer, owned: Bool) {
        Sodium.ready()
        keyLength = key?.count ?? 0
        precondition(
            (16...64).contains(length) && (key == nil || (16...64).contains(keyLength)), "A key has 16 to 64 bytes and a hash 16 to 64.")
        self.length = length
        (pending, isStarted) = (0, false)
        state = memory.alignedUp(toMultipleOf: 64)
        allocation = owned ? memory : nil
        if let key { self.key.copyMemory(from: key.baseAddress!, byteCount: keyLength) }
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

    // What is asked for a thousand times a second is hashed on the stack, by functions that are not generic: of those that are, other modules
    // ask the runtime for their types at each call.

    /// 16 bytes, where they are no secret, of the fields that `fill` appends.
    package static func digest16(label: StaticString, key: borrowing SecretBytes, _ fill: (inout BLAKE2b) -> Void) -> Bytes16 {
        onStack(label: label, key: key, length: 16) { hash in
            var hash = hash
            fill(&hash)
            return hash.finish16()
        }
    }

    /// 32 bytes that anyone can compute.
    package static func digest32(label: StaticString, _ fill: (inout BLAKE2b) -> Void) -> Bytes32 {
        withTemporaryBytes(allocationLength) { memory in
            var hash = BLAKE2b(key: nil, length: 32, in: memory.baseAddress!, owned: false)
            hash.append(label)
            fill(&hash)
            return hash.finish32()
        }
    }

    /// 32 bytes as a key.
    package static func secret(label: StaticString, key: borrowing SecretBytes, _ fill: (inout BLAKE2b) -> Void) -> SecretBytes {
        onStack(label: label, key: key, length: 32) { hash in
            var hash = hash
            fill(&hash)
            return hash.finishSecret()
        }
    }

    /// A hash under a secret key, on the stack for the length of `body`, and wiped there.
    static func onStack<Value: ~Copyable, Failure: Error>(
        label: StaticString, key: borrowing SecretBytes, length: Int, _ body: (consuming BLAKE2b) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { Sodium.clearRegisters() }
        return try onStack(key: key, length: length) { hash throws(Failure) in
            var hash = hash
            hash.append(label)
            return try body(hash)
        }
    }

    /// The same for a caller who writes the label itself, and clears the registers.
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
        (waiting + pending).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        pending += bytes.count
    }

    private mutating func flush() {
        if !isStarted {
            crypto_generichash_init(handle, key.assumingMemoryBound(to: UInt8.self), keyLength, length)
            isStarted = true
        }
        update(waiting, pending)
        pending = 0
    }

    private func update(_ start: UnsafeRawPointer, _ count: Int) {
        crypto_generichash_update(handle, start.assumingMemoryBound(to: UInt8.self), UInt64(count))
    }

    private mutating func finish(at target: UnsafeMutableRawPointer) {
        let target = target.assumingMemoryBound(to: UInt8.self)
        guard isStarted else {
            crypto_generichash(
                target, length, waiting.assumingMemoryBound(to: UInt8.self), UInt64(pending), key.assumingMemoryBound(to: UInt8.self),
                keyLength)
            return
        }
        flush()
        crypto_generichash_final(handle, target, length)
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
        if isStarted { sodium_memzero(state, Self.stateLength) }
        sodium_memzero(waiting, Self.pendingLimit + Self.keyLimit)
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
