import PhoneCarriers
import PhoneNormalization
import Testing

@Suite("Names of carriers")
struct CarrierTests {
    private func number(_ text: String) throws -> PhoneNumber { try PhoneNumber(parsing: text, region: nil) }

    @Test("the longest prefix with a name decides", arguments: [("+244911234567", "Movicel"), ("+41791234567", "Swisscom")])
    func names(_ text: String, _ name: String) throws {
        #expect(try number(text).carrierName(in: "en") == name)
        #expect(try number(text).carrierNameOfPrefix(in: "en") == name)
    }

    @Test("a name is safe only where numbers cannot be taken along")
    func safety() throws {
        #expect(try number("+244911234567").safeCarrierName(in: "en") == "Movicel")
        #expect(try number("+41791234567").safeCarrierName(in: "en") == nil)
        #expect(Region("CH").hasMobileNumberPortability)
        #expect(!Region("AO").hasMobileNumberPortability)
        #expect(!Region.world.hasMobileNumberPortability)
    }

    @Test(
        "script and region choose between names in Chinese",
        arguments: [
            ("zh", "中国移动"), ("zh-Hans", "中国移动"), ("zh-Hans-HK", "中国移动"), ("zh-CN", "中国移动"), ("zh-x-hant", "中国移动"),
            ("zh-u-tw", "中国移动"), ("zh-Hant", "中國移動"), ("zh_hant_hk", "中國移動"), ("ZH-hk", "中國移動"), ("zh-TW", "中國移動"),
            ("zh-1901-MO", "中國移動"),
        ])
    func chinese(_ tag: String, _ name: String) throws {
        #expect(try number("+85251234567").carrierName(in: tag) == name)
    }

    @Test(
        "a language without the name is answered in English",
        arguments: ["de", "de-Hant-TW", "xx", "eng", "", "-", "日本", "d", "zz-zz-zz-zz"])
    func english(_ tag: String) throws {
        #expect(try number("+85251234567").carrierName(in: tag) == "China Mobile")
    }

    @Test("Chinese, Japanese and Korean are not", arguments: ["ja", "ko-KR"])
    func withoutEnglish(_ tag: String) throws {
        #expect(try number("+85251234567").carrierName(in: tag) == nil)
    }

    @Test("a fixed line, and a number that is not valid, have no carrier", arguments: ["+41446681800", "+4179123456", "+80012345678"])
    func noCarrier(_ text: String) throws {
        #expect(try number(text).carrierName(in: "en") == nil)
        #expect(try number(text).safeCarrierName(in: "en") == nil)
    }
}
