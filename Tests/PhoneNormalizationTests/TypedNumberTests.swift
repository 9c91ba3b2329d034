import PhoneNormalization
import Testing

@Suite("A number as it was typed is remembered, tidied and dialled")
struct TypedNumberTests {
    @Test(
        "where its country came from",
        arguments: [
            ("+41 44-668-1800", .plusSign), ("0041446681800", .internationalPrefix), ("41446681800", .withoutPlusSign),
            ("044 668 18 00", .region), ("446681800", .region),
        ] as [(String, TypedPhoneNumber.Origin)])
    func origin(_ text: String, _ origin: TypedPhoneNumber.Origin) throws {
        let typed = try TypedPhoneNumber(parsing: text, region: "CH")
        #expect(typed.origin == origin)
        #expect(typed.number.formatted(.e164) == "+41446681800")
        #expect(typed.text == text)
    }

    @Test(
        "as its owner writes it, with or without the national prefix",
        arguments: [
            ("CH", "044 668 18 00", "044 668 18 00"), ("CH", "446681800", "44 668 18 00"), ("CH", "41446681800", "41 44 668 18 00"),
            ("CH", "+41 44-668-1800", "+41 44 668 18 00"), ("DE", "0041446681800", "00 41 44 668 18 00"),
            ("DE", "030/123456", "030 123456"),
            ("AR", "011 15 2345 6789", "011 15-2345-6789"), ("IT", "023661 8300", "02 3661 8300"), ("FR", "0601234567", "06 01 23 45 67"),
            ("US", "(201) 555-0123", "(201) 555-0123"), ("US", "1 201 555 0123", "1 201-555-0123"),
            ("JP", "0120-123-456", "0120-123-456"), ("MX", "55 1234 5678", "55 1234 5678"),
            // Tidied, these would have other digits.
            ("BR", "0 21 11 96123-4567", "0 21 11 96123-4567"), ("CH", "044 668 18 00 #12", "044 668 18 00 #12"),
            ("MX", "01 55 1234 5678", "01 55 1234 5678"), ("CH", "012", "012"),
        ] as [(Region, String, String)])
    func asTyped(_ region: Region, _ text: String, _ expected: String) throws {
        #expect(try TypedPhoneNumber(parsing: text, region: region).formattedAsTyped(callingFrom: region) == expected)
    }

    @Test(
        "with the letters it was typed with",
        arguments: [
            ("US", "1-800-FLOWERS", "CH", "00 1 800-FLOWERS"), ("US", "1-800-FLOWERS", "US", "1 800-FLOWERS"),
            ("US", "1-800-FLOWERS", "JP", "010 1 800-FLOWERS"), ("US", "1-800-flowers", "ZZ", "+1 800-FLOWERS"),
            ("AU", "1300 TAXI99", "AU", "1300 TAXI99"), ("AU", "1300 TAXI99", "NZ", "00 61 1300 TAXI99"),
            ("GB", "0800 DDA 005", "GB", "0800 DDA 005"), ("GB", "0800 DDA 005", "FR", "00 44 800 DDA 005"),
            ("CH", "0800 CALL ME x5", "US", "011 41 800 CALL ME ext. 5"),
        ] as [(Region, String, Region, String)])
    func letters(_ region: Region, _ text: String, _ from: Region, _ expected: String) throws {
        #expect(try TypedPhoneNumber(parsing: text, region: region).formattedKeepingLetters(callingFrom: from) == expected)
    }

    @Test("through the carrier it names, as people in Brazil do")
    func carrier() throws {
        let typed = try TypedPhoneNumber(parsing: "0 15 11 96123-4567", region: "BR")
        #expect(typed.carrierCode == "15")
        #expect(typed.formattedForMobileDialling(callingFrom: "BR") == "0 15 (11) 96123-4567")
        let plain = try TypedPhoneNumber(parsing: "(11) 96123-4567", region: "BR")
        #expect(plain.carrierCode == nil)
        #expect(plain.formattedForMobileDialling(callingFrom: "BR") == nil)
        #expect(plain.number == typed.number)
    }

    @Test("and prints masked, text and all")
    func masked() throws {
        let typed = try TypedPhoneNumber(parsing: "1-800-FLOWERS", region: "US")
        var dumped = ""
        dump(typed, to: &dumped)
        for text in [dumped, "\(typed)", String(reflecting: typed), String(describing: Optional(typed))] {
            #expect(text.contains("+1 ••• ••• ••77"))
            #expect(!text.contains("FLOWERS") && !text.contains("800"))
        }
    }
}
