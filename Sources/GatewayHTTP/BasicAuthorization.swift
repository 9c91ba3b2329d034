import CryptoPrimitives
package import Messaging
import RecordStorage

/// Source: RFC 7617.
package enum BasicAuthorization {
    /// A header is a `String`: of the secret this one copy is left to the heap.
    package static func header(user: String, _ secret: GatewaySecret) -> String {
        let pair = SecretText { writer in
            writer.text(user)
            writer.text(":")
            secret.bytes.withUnsafeBytes { writer.bytes($0) }
        }
        return "Basic " + pair.withBytes { Base64.encode(Array($0)) }
    }
}
