import CryptoPrimitives
package import RecordStorage

/// How an authenticator app makes its codes. A new one every 30 seconds.
///
/// Source: RFC 6238.
public struct AuthenticatorParameters: Hashable, Sendable {
    /// The hash under the code. What is not SHA-1 is ignored by many apps, which then show codes that are never right: ask for another only where
    /// the app is known.
    public enum Algorithm: UInt8, Hashable, Sendable, CaseIterable {
        case sha1 = 1
        case sha256 = 2
        case sha512 = 3

        /// Bytes of a secret: as many as the hash has.
        var secretLength: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }

        /// As a key URI names it.
        var name: String {
            switch self {
            case .sha1: "SHA1"
            case .sha256: "SHA256"
            case .sha512: "SHA512"
            }
        }
    }

    /// How long the codes are.
    public enum Digits: UInt8, Hashable, Sendable, CaseIterable {
        case six = 6
        case eight = 8
    }

    public let algorithm: Algorithm
    public let digits: Digits

    public init(algorithm: Algorithm = .sha1, digits: Digits = .six) {
        (self.algorithm, self.digits) = (algorithm, digits)
    }

    /// What every app knows: SHA-1 and 6 digits.
    public static let standard = Self()

    /// Seconds of a time step.
    static let period: Int64 = 30

    /// The time step of a time; 0 for all times before 1970.
    package static func step(at time: Timestamp) -> UInt64 {
        UInt64(max(0, time.seconds) / period)
    }
}

extension AuthenticatorParameters {
    /// The code of a time step (or of any other counter) in ASCII digits. Source: RFC 4226 §5.3.
    func code(of secret: borrowing SecretBytes, at step: UInt64) -> SecretBytes {
        let authenticator = authenticator(of: secret, at: step)
        var number = authenticator.withUnsafeBytes { bytes in
            let offset = Int(bytes[bytes.count - 1] & 15)
            return bytes[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        }
        return SecretBytes(count: Int(digits.rawValue)) { target in
            for index in target.indices.reversed() {
                target[index] = 0x30 + UInt8(number % 10)
                number /= 10
            }
        }
    }

    private func authenticator(of secret: borrowing SecretBytes, at step: UInt64) -> SecretBytes {
        let message = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        switch algorithm {
        case .sha1: return HMACSHA1.authenticate(message, key: secret)
        case .sha256: return HMACSHA256.authenticate(message, key: secret)
        case .sha512: return HMACSHA512.authenticate(message, key: secret)
        }
    }

    /// The time step whose code this is: the present one at `time`, the one before or the one after, since clocks differ and people type slowly.
    ///
    /// Looks at all three however early one fits. Where two have the same code it is the later one, so that neither takes it again.
    func step(of submitted: SubmittedCode, secret: borrowing SecretBytes, at time: Timestamp) -> UInt64? {
        let present = Self.step(at: time)
        var found: UInt64?
        for step in (present == 0 ? 0 : present - 1)...present + 1 {
            let code = code(of: secret, at: step)
            let isRight = code.withUnsafeBytes { code in submitted.digits.withUnsafeBytes { constantTimeEquals(code, $0) } }
            if isRight { found = step }
        }
        return found
    }
}
