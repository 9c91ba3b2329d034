import Foundation
import PhoneNormalization

/// A region of a question; nil for ZZ.
func region(_ name: String) -> Region? { name == "ZZ" ? nil : Region(name) }

extension Optional where Wrapped == String {
    /// As JSON holds it.
    var json: Any { self ?? NSNull() }
}

enum Words {
    static func type(_ type: NumberType) -> String {
        switch type {
        case .premiumRate: "PREMIUM_RATE"
        case .tollFree: "TOLL_FREE"
        case .sharedCost: "SHARED_COST"
        case .voip: "VOIP"
        case .personalNumber: "PERSONAL_NUMBER"
        case .pager: "PAGER"
        case .universalAccess: "UAN"
        case .voicemail: "VOICEMAIL"
        case .fixedLineOrMobile: "FIXED_LINE_OR_MOBILE"
        case .fixedLine: "FIXED_LINE"
        case .mobile: "MOBILE"
        case .unknown: "UNKNOWN"
        }
    }

    static func possibility(_ possibility: Possibility) -> String {
        switch possibility {
        case .possible: "IS_POSSIBLE"
        case .possibleLocally: "IS_POSSIBLE_LOCAL_ONLY"
        case .tooShort: "TOO_SHORT"
        case .tooLong: "TOO_LONG"
        case .invalidLength: "INVALID_LENGTH"
        }
    }

    static func match(_ match: NumberMatch) -> String {
        switch match {
        case .notANumber: "NOT_A_NUMBER"
        case .different: "NO_MATCH"
        case .shortNational: "SHORT_NSN_MATCH"
        case .national: "NSN_MATCH"
        case .exact: "EXACT_MATCH"
        }
    }

    static func origin(_ origin: TypedPhoneNumber.Origin) -> String {
        switch origin {
        case .plusSign: "FROM_NUMBER_WITH_PLUS_SIGN"
        case .internationalPrefix: "FROM_NUMBER_WITH_IDD"
        case .withoutPlusSign: "FROM_NUMBER_WITHOUT_PLUS_SIGN"
        case .region: "FROM_DEFAULT_COUNTRY"
        }
    }
}

enum Core {
    static func dialling(_ fields: [String]) -> Any {
        guard let typed = try? TypedPhoneNumber(parsing: fields[1], region: region(fields[0])) else { return NSNull() }
        // A region nobody has stands for none.
        let from = region(fields[2]) ?? "QQ"
        let number = typed.number
        let mobile = [true, false].map {
            typed.formattedForMobileDialling(callingFrom: from, isGrouped: $0).json
        }
        return [
            "carrier": typed.carrierCode.json, "origin": Words.origin(typed.origin), "from": number.formatted(callingFrom: from),
            "mobile": mobile, "with carrier": number.formattedNationally(carrierCode: fields[3]),
            "original": typed.formattedAsTyped(callingFrom: from), "letters": typed.formattedKeepingLetters(callingFrom: from),
        ]
    }

    static func structure(_ fields: [String]) -> Any {
        switch fields[0] {
        case "region":
            let region = region(fields[1])
            var examples: [String: String] = [:]
            for type in NumberType.allCases where type != .unknown {
                examples[Words.type(type)] = region?.exampleNumber(type)?.formatted(.e164)
            }
            return [
                "examples": examples, "invalid": (region?.invalidExampleNumber?.formatted(.e164)).json,
                "prefix": (region?.nationalPrefix).json, "types": (region?.numberTypes ?? []).map(Words.type).sorted(),
            ] as [String: Any]
        case "code":
            let code = Int(fields[1]).flatMap { CountryCallingCode($0) }
            return [
                "example": (code?.exampleNumber?.formatted(.e164)).json, "types": (code?.numberTypes ?? []).map(Words.type).sorted(),
            ]
        default: break
        }
        guard let number = try? PhoneNumber(parsing: fields[1], region: region(fields[0])) else { return NSNull() }
        var possible: [String: String] = [:]
        for type in NumberType.allCases { possible[Words.type(type)] = Words.possibility(number.possibility(as: type)) }
        return [
            "abroad": number.canBeDialledInternationally, "area": number.areaCodeLength,
            "destination": number.nationalDestinationCodeLength,
            "geographical": number.isGeographical, "possible": possible, "truncated": (number.truncatedToValid?.formatted(.e164)).json,
        ] as [String: Any]
    }

    static func matching(_ fields: [String]) -> Any {
        let numbers = fields[1...].map { try? PhoneNumber(parsing: $0, region: region(fields[0])) }
        let (one, other) = (numbers[0], numbers[1])
        return [
            "texts": Words.match(PhoneNumber.match(fields[1], fields[2])),
            "number and text": one.map { Words.match($0.match(fields[2])) }.json,
            "numbers": one.flatMap { one in other.map { Words.match(one.match($0)) } }.json,
        ]
    }

    static func custom(_ fields: [String]) -> Any {
        guard let number = try? PhoneNumber(parsing: fields[1], region: region(fields[0])) else { return NSNull() }
        let groups = fields[3].split(separator: ",").map { bounds in
            let ends = bounds.split(separator: "-").map { Int($0)! }
            return ends[0]...ends[1]
        }
        let custom = CustomNumberFormat(
            leadingDigits: fields[2].split(separator: ",").map(String.init), groups: groups, template: fields[4],
            nationalPrefixRule: fields[5])
        return [PhoneNumber.Format.e164, .international, .national, .rfc3966].map { number.formatted($0, using: [custom]) }
    }

    static func typing(_ fields: [String]) -> Any {
        var formatter = AsYouTypeFormatter(region: region(fields[0]))
        var shown: [Any] = []
        for (index, scalar) in fields[1].unicodeScalars.enumerated() {
            shown.append(formatter.append(Character(scalar), remembersPosition: index == Int(fields[2])))
        }
        return shown + [formatter.rememberedPosition]
    }

    static func finding(_ fields: [String]) -> Any {
        let leniency = PhoneNumberFinder.Leniency(rawValue: UInt8(fields[2])!)!
        let scalars = fields[1].unicodeScalars
        return PhoneNumberFinder(in: fields[1], region: region(fields[0]), leniency: leniency).map { match -> [Any] in
            [
                scalars.distance(from: scalars.startIndex, to: match.range.lowerBound),
                scalars.distance(from: scalars.startIndex, to: match.range.upperBound),
                match.number.formatted(.e164), match.number.extensionDigits.json,
            ]
        }
    }
}
