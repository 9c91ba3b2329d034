import PhoneGeography
import PhoneNormalization
import Testing

@Suite("Where numbers are from")
struct GeographyTests {
    private func number(_ text: String) throws -> PhoneNumber { try PhoneNumber(parsing: text, region: nil) }

    @Test(
        "a place has a name in the language, or in English",
        arguments: [
            ("+41446681800", "de", "Zürich"), ("+41446681800", "it-CH", "Zurigo"), ("+41446681800", "xx", "Zurich"),
            ("+16502530000", "en", "Mountain View, CA"), ("+8613012345678", "zh-Hant", "重庆市"), ("+886223456789", "zh-TW", "臺北"),
            ("+886223456789", "zh-Hant-TW", "臺北"), ("+886223456789", "zh", "台北"), ("+97221234567", "iw", "ירושלים"),
        ])
    func places(_ text: String, _ tag: String, _ name: String) throws {
        #expect(try number(text).geographicDescription(in: tag) == name)
    }

    @Test("Chinese, Japanese and Korean fall back to the country, not to English")
    func withoutEnglish() throws {
        #expect(try number("+16502530000").geographicDescription(in: "zh") == "美国")
        #expect(try number("+78121234567").geographicDescription(in: "ja") == "ロシア")
    }

    @Test("who is elsewhere is told the country")
    func readers() throws {
        let zurich = try number("+41446681800")
        #expect(zurich.geographicDescription(in: "it", from: "US") == "Svizzera")
        #expect(zurich.geographicDescription(in: "it", from: "CH") == "Zurigo")
        #expect(zurich.geographicDescription(in: "it", from: nil) == "Zurigo")
    }

    @Test("the 9 of Argentine mobiles is no part of the area code")
    func mobileToken() throws {
        #expect(try number("+5491123456789").geographicDescription(in: "en") == "Buenos Aires")
        #expect(try number("+541123456789").geographicDescription(in: "en") == "Buenos Aires")
        #expect(CountryCallingCode(54)?.mobileToken == "9")
        #expect(CountryCallingCode(41)?.mobileToken == nil)
    }

    @Test("a number that tells no place is from a country, and one that is not valid from nowhere")
    func withoutPlace() throws {
        #expect(try number("+41791234567").geographicDescription(in: "de") == "Schweiz")
        #expect(try number("+6512345").geographicDescription(in: "en") == nil)
        #expect(try number("+6512345").countryName(in: "en") == "Singapore")
        #expect(try number("+80012345678").geographicDescription(in: "en") == nil)
    }

    @Test("a region has a name in the language or none")
    func regions() {
        #expect(Region("CH").name(in: "fr-CA") == "Suisse")
        #expect(Region("CH").name(in: "aa") == "Switzerland")
        for tag in ["xx", "", "eng", "-", "é", "z{"] { #expect(Region("CH").name(in: tag) == nil) }
        #expect(Region("QQ").name(in: "en") == nil)
        #expect(Region.world.name(in: "en") == nil)
        for region in Region.all where region != "AC" && region != "TA" && region != "XK" {
            #expect(region.name(in: "en") != nil, "\(region)")
        }
    }

    @Test("the reference shows a mark of its own for Samoa in Chinese; there is no name")
    func samoa() {
        #expect(Region("WS").name(in: "zh") == nil)
        #expect(Region("WS").name(in: "en") == "Samoa")
    }
}
