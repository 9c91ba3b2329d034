import Foundation
import PhoneCarriers
import PhoneNormalization

/// Names of carriers. The fields: region and text of a number; language, script and region of a tag, empty where there is none.
func carriers(_ fields: [String]) -> Any {
    guard let number = try? PhoneNumber(parsing: fields[1], region: region(fields[0])) else { return NSNull() }
    let tag = languageTag(fields[2...])
    return [
        "name": number.carrierName(in: tag).json, "portable": number.region?.hasMobileNumberPortability ?? false,
        "range": number.carrierNameOfPrefix(in: tag).json, "safe": number.safeCarrierName(in: tag).json,
    ]
}

func languageTag(_ subtags: ArraySlice<String>) -> String {
    subtags.filter { !$0.isEmpty }.joined(separator: "-")
}
