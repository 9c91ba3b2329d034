package import Messaging
package import RecordStorage

extension TransportError {
    /// Nobody is told why: it helps whoever tries.
    package static var notTheGateways: TransportError {
        TransportError(.eventRefused, "What came to the webhook is not signed by the gateway, or not as its settings here say.")
    }
    package static var outOfTime: TransportError {
        TransportError(.eventRefused, "What came to the webhook was signed too long ago, or by a clock that is wrong.")
    }
    static var underWay: TransportError {
        TransportError(.eventUnderWay, "What came to the webhook came before, and is being handled still: let the gateway send it again.")
    }
    package static var malformedEvent: TransportError {
        TransportError(.eventRefused, "What came to the webhook is signed, and not what the gateway's documentation describes.")
    }
    package static var wiped: TransportError { TransportError(.refused, "The message was wiped before it was sent.") }
}

/// How far a signature's time may lie from ours.
package enum SignatureWindow {
    package static let length: Duration = .seconds(300)

    package static func contains(_ seconds: Int64, at now: Timestamp) -> Bool {
        let (difference, overflows) = seconds.subtractingReportingOverflow(now.seconds)
        return !overflows && difference.magnitude <= 300
    }
}
