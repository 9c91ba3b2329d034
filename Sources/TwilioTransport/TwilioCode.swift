import Messaging

/// What Twilio's error codes mean. Source: https://www.twilio.com/docs/api/errors and a page below it for each.
enum TwilioCode {
    private static let causes: [ProviderRefusal.Cause: [Int64]] = [
        .numberInvalid: [13223, 13224, 21211, 21217, 21401, 21421, 30005],
        .unreachable: [21214, 30003],
        .lineTypeUnsupported: [21614, 21635, 30006, 63003, 63024],
        .regionDisabled: [13227, 21215, 21216, 21408, 32205],
        .senderNotRegistered: [
            21212, 21606, 21612, 21659, 21660, 21661, 21703, 21705, 30024, 30032, 30033, 30034, 30035, 63007,
        ],
        .optedOut: [21610],
        .filtered: [30004, 30007, 30038, 30450, 63013, 63016, 63032],
        .throttled: [10004, 20429, 21611, 30001, 30022, 30023, 63018],
        .insufficientFunds: [30010],
        .unauthorized: [10001, 20003, 20005, 20006, 21219, 21608, 30002],
        .malformed: [20001, 20404, 21201, 21205, 21602, 21603, 21604, 21609, 21617, 21619, 21620, 21656],
        .gatewayDown: [20500, 20503, 30017, 30410],
        .expired: [30036],
    ]

    private static let byCode = Dictionary(
        uniqueKeysWithValues: causes.flatMap { cause, codes in codes.map { ($0, cause) } })

    /// `nil` where this library knows nothing about the code.
    static func cause(of code: Int64) -> ProviderRefusal.Cause? { byCode[code] }
}
