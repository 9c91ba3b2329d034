#if HTTP
    import CryptoExtras
    import FoundationEssentials
    import GatewayHTTP
    import Messaging
    import RecordStorage

    /// Makes the JSON Web Token by which an application shows itself to Vonage: RS256, good for 5 minutes.
    /// Source: RFC 7518 §3.3, https://developer.vonage.com/en/getting-started/concepts/authentication
    ///
    /// The key is BoringSSL's, in memory that is not guarded.
    struct ApplicationToken: Sendable {
        private let id: String
        private let key: _RSA.Signing.PrivateKey

        /// - Precondition: the key is RSA of 2,048 bits or more, in PEM.
        init(id: String, privateKey: GatewaySecret) {
            self.id = id
            let text = privateKey.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: text) else {
                preconditionFailure("The application's private key is an RSA key in PEM, of 2,048 bits or more.")
            }
            self.key = key
        }

        /// - Returns: `nil` where the key does not sign, which BoringSSL says of a key that is none.
        func header(at now: Timestamp, random: any RandomSource) -> String? {
            let claims = SecretText { writer in
                writer.text(#"{"application_id":"#)
                writer.quoted(id)
                writer.text(",\"iat\":\(now.seconds),\"exp\":\(now.seconds + 300),\"jti\":")
            }
            let identifier = Hexadecimal.encode(random.bytes(16))
            let payload = claims.withBytes { Array($0) } + Array("\"\(identifier)\"}".utf8)
            let signed = Base64URL.encode(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8)) + "." + Base64URL.encode(payload)
            guard let signature = try? key.signature(for: Array(signed.utf8), padding: .insecurePKCS1v1_5) else { return nil }
            return "Bearer " + signed + "." + Base64URL.encode(Array(signature.rawRepresentation))
        }
    }
#endif
