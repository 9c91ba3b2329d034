import CryptoPrimitives
import GatewayHTTP
import Messaging
import RecordStorage

/// The header `SPNI-Signature: t=<seconds since 1970>,v1=<hex>`, with a `v1` for each secret: HMAC-SHA-256(secret, `<t>.` and the body).
///
/// To the byte in `Documentation/Gateways.md`.
enum WebhookSignature {
    static let header = "SPNI-Signature"

    private static func message(_ body: some Sequence<UInt8>, _ seconds: Int64) -> SecretText {
        SecretText { writer in
            writer.text("\(seconds).")
            writer.bytes(body)
        }
    }

    static func value(of body: SecretText, at now: Timestamp, _ secrets: [GatewaySecret]) -> String {
        let seconds = now.seconds
        let message = body.withBytes { Self.message($0, seconds) }
        let signatures = secrets.map { secret in
            let signature = message.withBytes { HMACSHA256.sign($0, key: secret.bytes) }
            return ",v1=" + signature.withUnsafeBytes { Hexadecimal.encode($0) }
        }
        return "t=\(seconds)" + signatures.joined()
    }

    /// - Parameter now: `nil` of a request that was looked at before.
    /// - Returns: the signature that is right.
    static func check(_ request: WebhookRequest, _ secrets: [GatewaySecret], at now: Timestamp?) throws(TransportError) -> [UInt8] {
        guard request.method == "POST", request.body.count <= 65_536, let value = request.header(header), value.utf8.count <= 1_024 else {
            throw .notTheGateways
        }
        var seconds: Int64?
        var signatures: [[UInt8]] = []
        for item in value.split(separator: ",", omittingEmptySubsequences: false) {
            if item.hasPrefix("t="), seconds == nil, let number = Int64(item.dropFirst(2)), "t=\(number)" == item {
                seconds = number
            } else if item.hasPrefix("v1="), let signature = Hexadecimal.decode(item.dropFirst(3)), signature.count == 32 {
                signatures.append(signature)
            } else {
                throw .notTheGateways
            }
        }
        guard let seconds, (1...4).contains(signatures.count) else { throw .notTheGateways }
        let message = Self.message(request.body, seconds)
        var right: [UInt8]?
        for secret in secrets {
            let expected = message.withBytes { HMACSHA256.sign($0, key: secret.bytes) }
            for signature in signatures {
                let equals = expected.withUnsafeBytes { expected in signature.withUnsafeBytes { constantTimeEquals(expected, $0) } }
                if equals { right = signature }
            }
        }
        guard let right else { throw .notTheGateways }
        if let now, !SignatureWindow.contains(seconds, at: now) { throw .outOfTime }
        return right
    }
}
