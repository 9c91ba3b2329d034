import Foundation
import PhoneNormalization

/// Time zones; features/timezones.py says what the fields are.
func timeZones(_ fields: [String]) -> Any {
    let number: PhoneNumber?
    if fields[0] == "parsed" {
        number = try? PhoneNumber(parsing: fields[2], region: Region(fields[1]))
    } else {
        let digits = Array(fields[2].utf8)
        number = CountryCallingCode(Int(fields[1]) ?? 0).flatMap { PhoneNumber(callingCode: $0, nationalSignificantNumber: digits.span) }
    }
    guard let number else { return NSNull() }
    return [Array(number.timeZones), Array(number.timeZonesOfPrefix)]
}
