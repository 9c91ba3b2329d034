import CryptoPrimitives
import GatewayHTTP
import Messaging

/// How Twilio signs a request: HMAC-SHA-1 under the auth token over the address as it is in Twilio's settings, followed by the names and values of
/// the form's fields in order; of JSON, whose hash stands in the address, over the address alone. Source: https://www.twilio.com/docs/usage/security
enum TwilioSignature {
    /// Whether it is the signature under any of the tokens.
    static func isRight(_ signature: [UInt8], _ url: String, _ fields: FormFields?, _ tokens: [GatewaySecret]) -> Bool {
        var isRight = false
        for address in spellings(of: url) {
            let message = fields?.concatenated(after: address) ?? SecretText { $0.text(address) }
            for token in tokens {
                let expected = message.withBytes { HMACSHA1.authenticate($0, key: token.bytes) }
                let equals = expected.withUnsafeBytes { expected in signature.withUnsafeBytes { constantTimeEquals(expected, $0) } }
                isRight = equals || isRight
            }
        }
        return isRight
    }

    /// An address as it stands, and with its port left out or the standard one put in: Twilio signs the one or the other.
    static func spellings(of url: String) -> [String] {
        for (scheme, port) in [("https://", "443"), ("http://", "80")] where url.hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count)
            let authority = rest.prefix { !"/?#".contains($0) }
            let tail = rest.dropFirst(authority.count)
            let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            let user = authority.dropLast(host.count)
            // The colons of an IPv6 address stand in brackets.
            let end = host.lastIndex(of: "]").map { host.index(after: $0) } ?? host.startIndex
            guard let colon = host[end...].firstIndex(of: ":") else { return [url, "\(scheme)\(user)\(host):\(port)\(tail)"] }
            return [url, "\(scheme)\(user)\(host[..<colon])\(tail)"]
        }
        return [url]
    }
}
