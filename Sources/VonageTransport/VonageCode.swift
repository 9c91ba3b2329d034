import GatewayHTTP
import Messaging

/// What the Messages API's codes mean. Source: https://developer.vonage.com/api-errors/messages-olympus
enum VonageCode {
    private static let causes: [ProviderRefusal.Cause: [Int64]] = [
        .numberInvalid: [1040, 1170, 1190, 1300],
        .unreachable: [1180, 1200, 1220, 1260, 1290],
        .lineTypeUnsupported: [1310],
        .regionDisabled: [1160, 1250],
        .senderNotRegistered: [1120],
        .optedOut: [1050, 1240],
        .filtered: [1210, 1270, 1280, 1340],
        .throttled: [1000, 1241],
        .insufficientFunds: [1070],
        .unauthorized: [1060, 1080, 1110, 1140],
        .malformed: [1010, 1020, 1021, 1022, 1090, 1130, 1150],
        .gatewayDown: [1030, 1100, 1230],
        .expired: [1360],
    ]

    private static let byCode = Dictionary(
        uniqueKeysWithValues: causes.flatMap { cause, codes in codes.map { ($0, cause) } })

    /// `nil` where this library knows nothing about the code.
    static func cause(of code: String) -> ProviderRefusal.Cause? {
        switch code {
        case "low-balance": .insufficientFunds
        case "unauthorized", "forbidden": .unauthorized
        default: Int64(code).flatMap { byCode[$0] }
        }
    }

    /// The code in a problem's `type`, such as `https://developer.vonage.com/api-errors/messages-olympus#1170`; else its title, where that is one.
    static func code(type: String?, title: String?) -> String {
        if let type, let mark = type.lastIndex(of: "#") { return String(type[type.index(after: mark)...]) }
        return title.flatMap { Int64($0) == nil ? nil : $0 } ?? ""
    }
}
