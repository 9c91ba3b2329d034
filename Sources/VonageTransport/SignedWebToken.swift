import CryptoPrimitives
import GatewayHTTP
import Messaging
import RecordStorage

/// The JSON Web Token with which Vonage signs a request: HS256 under the signature secret. Source: RFC 7515, RFC 7519,
/// https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
struct SignedWebToken {
    let issuedAt: Int64
    let identifier: String
    /// SHA-256 of the request's body.
    let payloadHash: [UInt8]
    let apiKey: String?

    /// - Returns: `nil` where none of the secrets signed it, or it lacks a claim.
    init?(_ token: String, secrets: [GatewaySecret]) {
        let pieces = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= 8_192, pieces.count == 3, let header = Base64URL.decode(pieces[0]),
            let claims = Base64URL.decode(pieces[1]),
            let signature = Base64URL.decode(pieces[2])
        else { return nil }
        let signed = Array("\(pieces[0]).\(pieces[1])".utf8)
        var isSigned = false
        for secret in secrets {
            let expected = HMACSHA256.sign(signed, key: secret.bytes)
            let equals = expected.withUnsafeBytes { expected in signature.withUnsafeBytes { constantTimeEquals(expected, $0) } }
            isSigned = equals || isSigned
        }
        // The algorithm is ours to choose, never the token's.
        guard isSigned, let head = header.withUnsafeBytes({ SecretJSON($0) }), head.string("alg") == "HS256",
            let body = claims.withUnsafeBytes({ SecretJSON($0) }), let issuedAt = body.integer("iat"),
            let identifier = body.string("jti"), (1...128).contains(identifier.utf8.count),
            let hash = body.string("payload_hash").flatMap({ Hexadecimal.decode($0) })
        else { return nil }
        (self.issuedAt, self.identifier, payloadHash, apiKey) = (issuedAt, identifier, hash, body.string("api_key"))
    }
}
