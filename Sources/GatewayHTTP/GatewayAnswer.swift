package import Messaging

/// What a gateway answered.
package struct GatewayAnswer: Sendable {
    package let status: Int
    package let retryAfter: Duration?
    /// `nil` where it is none, was cut off, or is larger than the limit.
    package let json: SecretJSON?

    package var isSuccess: Bool { (200..<300).contains(status) }

    /// What an answer that is no receipt says of the message, in the order: what the gateway's own code means, then the status.
    ///
    /// A status of 500 and above tells nothing: the gateway may have failed after it had sent.
    ///
    /// - Parameters:
    ///   - cause: of the gateway's own code.
    ///   - code: the gateway's own.
    package func error(
        _ cause: ProviderRefusal.Cause?, code: String, provider: String, of destination: MessageDestination
    ) -> TransportError {
        func error(_ outcome: TransportError.Code, _ meaning: ProviderRefusal.Cause) -> TransportError {
            TransportError(
                outcome, ProviderRefusal(cause ?? meaning, provider: provider, providerCode: code, of: destination), retryAfter: retryAfter)
        }
        switch status {
        case 200..<300:
            return TransportError(
                .maybeSent, "The gateway took the message, and its answer cannot be read.",
                refusal: ProviderRefusal(cause ?? .unknown, provider: provider, providerCode: code, of: destination))
        case 300..<400:
            return TransportError(
                .refused,
                "The gateway sends the request to another address, and it is not followed there: mend the address in the settings.",
                refusal: ProviderRefusal(cause ?? .malformed, provider: provider, providerCode: code, of: destination))
        case 401, 403: return error(.refused, .unauthorized)
        case 402: return error(.refused, .insufficientFunds)
        // The gateway did not get all of the request. Source: RFC 9110 §15.5.9.
        case 408: return error(.notSent, .gatewayDown)
        case 429: return error(.notSent, .throttled)
        case 400..<500: return error(cause == .throttled ? .notSent : .refused, .malformed)
        default: return error(.maybeSent, .gatewayDown)
        }
    }
}

/// `Retry-After`: seconds, or a date. Source: RFC 9110 §10.2.3.
package enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// - Returns: at most a day; `nil` where it is neither.
    package static func duration(_ value: String, now: Int64) -> Duration? {
        if let seconds = Int64(value) { return seconds < 0 ? nil : .seconds(min(seconds, 86_400)) }
        return date(value).map { .seconds(min(max($0 - now, 0), 86_400)) }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since 1970.
    private static func date(_ value: String) -> Int64? {
        let words = value.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), let month = months.firstIndex(of: String(words[2])),
            let year = Int64(words[3])
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (1...31).contains(day), (1970...9999).contains(year) else { return nil }
        // Days from a civil date, with years that begin in March. Source: Howard Hinnant, `days_from_civil` (the formulae, not the code).
        let shifted = Int64(month < 2 ? month + 10 : month - 2)
        let marchYear = month < 2 ? year - 1 : year
        let (era, yearOfEra) = (marchYear / 400, marchYear % 400)
        let dayOfYear = (153 * shifted + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }
}
