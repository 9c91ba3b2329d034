import PhoneNormalization
import Testing

@Suite("A number tells where it may be what time")
struct TimeZoneTests {
    static let cases: [(number: String, zones: [String])] = [
        ("+41 44 668 18 00", ["Europe/Zurich"]),
        ("+1 212 555 0123", ["America/New_York"]),
        ("+1 650 253 0000", ["America/Los_Angeles"]),
        ("+1 264 497 1234", ["America/Anguilla"]),
        ("+44 1534 456789", ["Europe/Jersey"]),
        ("+34 922 123 456", ["Atlantic/Canary"]),
        ("+55 11 96123 4567", ["America/Sao_Paulo"]),
        ("+86 138 0013 8000", ["Asia/Shanghai"]),
        ("+64 3 331 6005", ["Pacific/Auckland"]),
        // A British mobile number is of no place, so it has every zone of its code.
        ("+44 7911 123456", ["Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey", "Europe/London"]),
        // A freephone number that belongs to no country.
        ("+800 1234 5678", []),
        // Not valid.
        ("+44 12", []),
        ("+976 1362 3456", []),
    ]

    @Test("of its area, or of its whole country if it has none", arguments: cases)
    func zones(_ number: String, _ zones: [String]) throws {
        #expect(try Array(PhoneNumber(parsing: number, region: nil).timeZones) == zones)
    }

    @Test("or of its digits alone, valid or not")
    func prefix() throws {
        #expect(try Array(PhoneNumber(parsing: "+44 12", region: nil).timeZonesOfPrefix) == ["Europe/London"])
        let mongolia = try PhoneNumber(parsing: "+976 1362 3456", region: nil)
        #expect(Array(mongolia.timeZonesOfPrefix) == ["Asia/Choibalsan", "Asia/Ulaanbaatar"])
        #expect(try Array(PhoneNumber(parsing: "+7 916 123 45 67", region: nil).timeZonesOfPrefix) == ["Europe/Moscow"])
        #expect(try PhoneNumber(parsing: "+7 916 123 45 67", region: nil).timeZones.count == 16)
        #expect(try PhoneNumber(parsing: "+800 1234 5678", region: nil).timeZonesOfPrefix.isEmpty)
    }

    @Test("every code has an answer for the shortest and the longest number")
    func everyCode() throws {
        for code in CountryCallingCode.all {
            for digits in ["00", "99", "12345678901234567", "00000000000000000", "99999999999999999"] {
                let number = try #require(PhoneNumber(code, digits))
                #expect(number.isValid || number.timeZones.isEmpty)
                #expect(number.timeZonesOfPrefix.isEmpty == (code.regions == [.world]), "\(code)")
                for zone in number.timeZonesOfPrefix { #expect(zone.utf8.contains(UInt8(ascii: "/"))) }
            }
        }
    }

    @Test("the identifiers are a collection in alphabetical order, and nothing but a number inside")
    func collection() throws {
        let zones = try PhoneNumber(parsing: "+1 800 555 0100", region: nil).timeZones
        #expect(zones.count == 42)
        #expect(Array(zones) == zones.sorted())
        #expect(Set(zones).count == zones.count)
        #expect(zones.first == "America/Adak" && zones[zones.endIndex - 1] == zones.last)
        #expect(zones.contains("Pacific/Honolulu"))
        #expect(try zones == PhoneNumber(parsing: "+1 888 555 0100", region: nil).timeZones)
        let zurich = try PhoneNumber(parsing: "+41 44 668 18 00", region: nil).timeZones
        #expect("\(zurich)" == "[Europe/Zurich]")
        #expect(_isPOD(PhoneNumber.TimeZones.self))
    }
}
