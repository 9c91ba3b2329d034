package import RecordStorage

extension Bytes16 {
    /// Lends the bytes for the length of `body`.
    package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        Swift.withUnsafeBytes(of: words, body)
    }
}

extension Bytes32 {
    /// Lends the bytes for the length of `body`.
    package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        Swift.withUnsafeBytes(of: (first.words, second.words), body)
    }
}

/// Compares without telling by the time taken where the first difference is.
package func constantTimeEquals(_ left: Bytes32, _ right: Bytes32) -> Bool {
    left.withUnsafeBytes { left in right.withUnsafeBytes { constantTimeEquals(left, $0) } }
}
