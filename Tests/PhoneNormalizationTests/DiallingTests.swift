import PhoneNormalization
import Testing

@Suite("A number is written as it is dialled")
struct DiallingTests {
    @Test(
        "from another region, with that region's international prefix",
        arguments: [
            ("+41446681800", "US", "011 41 44 668 18 00"), ("+41446681800", "JP", "010 41 44 668 18 00"),
            ("+41446681800", "AU", "0011 41 44 668 18 00"), ("+41446681800", "UZ", "00 41 44 668 18 00"),
            ("+41446681800", "RU", "8~10 41 44 668 18 00"), ("+41446681800", "CH", "044 668 18 00"),
            ("+41446681800 x12", "US", "011 41 44 668 18 00 ext. 12"), ("+5491123456789", "US", "011 54 9 11 2345-6789"),
            ("+390236618300", "CH", "00 39 02 3661 8300"), ("+390236618300", "VA", "02 3661 8300"),
            ("+390236618300", "SM", "00 39 02 3661 8300"), ("+80012345678", "CH", "00 800 1234 5678"),
        ] as [(String, Region, String)])
    func fromAbroad(_ text: String, _ region: Region, _ expected: String) throws {
        #expect(try PhoneNumber(parsing: text, region: nil).formatted(callingFrom: region) == expected)
    }

    @Test("within North America, from every region with a 1 in front", arguments: ["US", "CA", "JM"] as [Region])
    func northAmerica(_ region: Region) throws {
        #expect(try PhoneNumber(parsing: "+12015550123", region: nil).formatted(callingFrom: region) == "1 (201) 555-0123")
    }

    @Test("with a plus sign where there is no international prefix, or more than one", arguments: ["ZZ", .world, "BR"] as [Region])
    func plusSign(_ region: Region) throws {
        #expect(try PhoneNumber(parsing: "+41446681800", region: nil).formatted(callingFrom: region) == "+41 44 668 18 00")
    }

    @Test(
        "with a carrier's code, in countries that have a place for it",
        arguments: [
            ("+551136623000", "15", "0 15 (11) 3662-3000"), ("+5511961234567", "21", "0 21 (11) 96123-4567"),
            ("+576012345678", "3", "03 601 2345678"), ("+576012345678", "", "(601) 2345678"),
            ("+5491187654321", "15", "011 15-8765-4321"), ("+41446681800", "99", "044 668 18 00"),
        ])
    func carriers(_ text: String, _ carrier: String, _ expected: String) throws {
        #expect(try PhoneNumber(parsing: text, region: nil).formattedNationally(carrierCode: carrier) == expected)
    }

    @Test(
        "by a mobile phone, with and without separators",
        arguments: [
            ("+5511961234567", "US", "+55 11 96123-4567", "+5511961234567"), ("+12015550123", "CA", "+1 201-555-0123", "+12015550123"),
            ("+525512345678", "MX", "+52 55 1234 5678", "+525512345678"), ("+56221234567", "CL", "+56 2 2123 4567", "+56221234567"),
            ("+998712345678", "UZ", "+998 71 234 56 78", "+998712345678"), ("+41446681800 x5", "CH", "044 668 18 00", "0446681800"),
            ("+5491123456789", "AR", "011 15-2345-6789", "0111523456789"), ("+4915123456789", "DE", "01512 3456789", "015123456789"),
            ("+390236618300", "IT", "02 3661 8300", "0236618300"), ("+819012345678", "JP", "090-1234-5678", "09012345678"),
            ("+80012345678", .world, "+800 1234 5678", "+80012345678"),
        ] as [(String, Region, String, String)])
    func mobiles(_ text: String, _ region: Region, _ grouped: String, _ dialled: String) throws {
        let number = try PhoneNumber(parsing: text, region: nil)
        #expect(number.formattedForMobileDialling(callingFrom: region) == grouped)
        #expect(number.formattedForMobileDialling(callingFrom: region, isGrouped: false) == dialled)
    }

    @Test("by a mobile phone in Brazil, through a carrier or not at all")
    func brazil() throws {
        let number = try PhoneNumber(parsing: "+5511961234567", region: nil)
        #expect(number.formattedForMobileDialling(callingFrom: "BR") == nil)
        #expect(number.formattedForMobileDialling(callingFrom: "BR", carrierCode: "15") == "0 15 (11) 96123-4567")
        #expect(number.formattedForMobileDialling(callingFrom: "BR", isGrouped: false, carrierCode: "15") == "01511961234567")
    }
}
