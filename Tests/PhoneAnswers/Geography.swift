import Foundation
import PhoneGeography
import PhoneNormalization

/// Where numbers are from. The fields: region and text of a number; language, script and region of a tag, empty where there is none. The tag's region
/// is also where the reader is, as the reference has one region for both.
func geography(_ fields: [String]) -> Any {
    let tag = languageTag(fields[2...])
    if fields[0] == "name" { return (region(fields[1])?.name(in: tag)).json }
    guard let number = try? PhoneNumber(parsing: fields[1], region: region(fields[0])) else { return NSNull() }
    let reader = fields[4].isEmpty ? nil : Region(fields[4])
    return [
        "country": number.countryName(in: tag).json, "description": number.geographicDescription(in: tag, from: reader).json,
        "range": number.geographicDescriptionOfPrefix(in: tag, from: reader).json,
    ]
}
