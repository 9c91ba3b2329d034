public import CryptoPrimitives

/// For the façade, which handles secrets and imports no cryptography: a number in guarded memory.
public typealias GuardedNumber = SecretNumber

/// Bytes in guarded memory.
package typealias GuardedBytes = SecretBytes
