import PhoneNormalization
import Testing

@Suite("Regions and country calling codes")
struct RegionTests {
    @Test(
        "a region is two letters or 001", arguments: ["", "C", "C1", "CHE", "ÄÖ", "00", "002", "0011", "+4", " CH", "@A", "[Z", "`a", "{z"])
    func refused(_ code: String) {
        #expect(Region(code) == nil)
    }

    @Test("case does not matter")
    func caseOfLetters() {
        let lower = "ch"
        let world = "001"
        #expect(Region(lower) == "CH")
        #expect(Region(lower)?.code == "CH")
        #expect(Region(world) == .world)
        #expect(Region.world.code == "001")
    }

    @Test("a region knows its code, and a code its regions")
    func callingCodes() throws {
        #expect(Region("CH").callingCode?.value == 41)
        #expect(Region("ZZ").callingCode == nil)
        #expect(!Region.world.isSupported)
        for region in Region.all {
            let code = try #require(region.callingCode)
            #expect(code.regions.contains(region) || region == "MH" || !code.regions.isEmpty)
        }
        #expect(CountryCallingCode(1)?.regions.first == "US")
        #expect(CountryCallingCode(44)?.regions == ["GB", "GG", "IM", "JE"])
        #expect(CountryCallingCode(800)?.regions == [.world])
        #expect(CountryCallingCode(999) == nil)
        #expect(CountryCallingCode(0) == nil)
        #expect(CountryCallingCode(-1) == nil)
        #expect(CountryCallingCode(1000) == nil)
        #expect(CountryCallingCode.all.count == 215)
    }

    @Test("the metadata names its release")
    func version() {
        #expect(PhoneMetadata.version == "9.0.43")
    }

    @Test("the islands of a shared calling code are not the mainland")
    func sharedCode() throws {
        let jersey = try PhoneNumber(parsing: "+44 1534 456789", region: nil)
        #expect(jersey.region == "JE")
        #expect(jersey.isValid(for: "JE"))
        #expect(!jersey.isValid(for: "GB"))
        #expect(!jersey.isValid(for: "US"))
        #expect(!jersey.isValid(for: .world))
        let freephone = try PhoneNumber(parsing: "+800 1234 5678", region: nil)
        #expect(freephone.region == .world)
        #expect(freephone.isValid(for: .world))
        #expect(freephone.type == .tollFree)
    }

    @Test("leading zeros belong to the number where the plan has them")
    func leadingZeros() throws {
        let rome = try PhoneNumber(parsing: "06 698 12345", region: "IT")
        #expect(rome.leadingZeros == 1)
        #expect(rome.formatted(.e164) == "+390669812345")
        #expect(try PhoneNumber(parsing: "044 668 18 00", region: "CH").leadingZeros == 0)
    }
}
