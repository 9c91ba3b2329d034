import Foundation
import PhoneNormalization

/// Short numbers; features/short.py says what the fields are.
func shortNumbers(_ fields: [String]) -> Any {
    switch fields[0] {
    case "region":
        guard let region = Region(fields[1]) else { return NSNull() }
        let examples = [region.exampleShortNumber] + ShortNumber.Cost.allCases.map(region.exampleShortNumber(_:))
        return [region.hasShortNumbers, region.emergencyNumbersAreExact, examples.map { $0?.digits ?? "" }] as [Any]
    case "emergency":
        guard let region = Region(fields[1]) else { return NSNull() }
        let bytes = Array(fields[2].utf8)
        let fromBytes = [ShortNumber.isEmergency(bytes.span, in: region), ShortNumber.connectsToEmergency(bytes.span, in: region)]
        let fromText = [ShortNumber.isEmergency(fields[2], in: region), ShortNumber.connectsToEmergency(fields[2], in: region)]
        return fromBytes == fromText ? fromBytes : "text and bytes differ"
    case "parsed":
        guard let number = try? PhoneNumber(parsing: fields[2], region: Region(fields[1])) else { return NSNull() }
        return facts(of: number, in: fields[3])
    default:
        let digits = Array(fields[2].utf8)
        guard let code = CountryCallingCode(Int(fields[1]) ?? 0),
            let number = PhoneNumber(callingCode: code, nationalSignificantNumber: digits.span)
        else { return NSNull() }
        return facts(of: number, in: fields[3])
    }
}

private func facts(of number: PhoneNumber, in region: String) -> Any {
    let here = ShortNumber(number, region: Region(region))
    let anywhere = ShortNumber(number)
    return [
        [here.isPossible, here.isValid, "\(here.cost)", here.isCarrierSpecific, here.isSMSService] as [Any],
        [anywhere.isPossible, anywhere.isValid, "\(anywhere.cost)", anywhere.isCarrierSpecific] as [Any],
    ]
}
