import PhoneNormalization
import Testing

@Suite("A number takes shape while it is typed")
struct AsYouTypeTests {
    static let numbers: [(Region, String, String)] = [
        ("CH", "0446681800", "044 668 18 00"), ("CH", "+41446681800", "+41 44 668 18 00"), ("ZZ", "+41446681800", "+41 44 668 18 00"),
        ("ZZ", "0446681800", "0446681800"), ("US", "2015550123", "(201) 555-0123"), ("US", "12015550123", "1 (201) 555-0123"),
        ("US", "+12015550123", "+1 201-555-0123"), ("US", "0114144668", "011 41 44 668"), ("AR", "1123456789", "11 2345-6789"),
        ("AR", "01123456789", "011 2345-6789"), ("AR", "+5491123456789", "+54 9 11 2345-6789"), ("AR", "91123456789", "91123456789"),
        ("MX", "5512345678", "55 1234 5678"), ("BR", "11961234567", "11 96123-4567"), ("BR", "011961234567", "011 96123-4567"),
        ("BR", "+5511961234567", "+55 11 96123-4567"), ("IT", "0236618300", "02 3661 8300"), ("IT", "+390236618300", "+39 02 3661 8300"),
        ("IT", "3123456789", "312 345 6789"), ("DE", "030123456", "030 123456"), ("DE", "015123456789", "01512 3456789"),
        ("JP", "0312345678", "03-1234-5678"), ("JP", "09012345678", "090-1234-5678"), ("JP", "0120123456", "0120-123-456"),
        ("RU", "88005553535", "8 800 555-35-35"), ("GB", "07400123456", "07400 123456"),
        // Separators of one's own, and more digits than any number has, stay as they were typed.
        ("US", "201-555", "201-555"), ("US", "(201", "(201"), ("CH", "044668180012345678", "044668180012345678"),
    ]

    @Test("until it stands there whole", arguments: numbers)
    func whole(_ region: Region, _ typed: String, _ expected: String) {
        var formatter = AsYouTypeFormatter(region: region)
        for character in typed { formatter.append(character) }
        #expect(formatter.text == expected)
        formatter.clear()
        #expect(formatter.text.isEmpty)
        for character in typed { formatter.append(character) }
        #expect(formatter.text == expected)
    }

    @Test(
        "with every character",
        arguments: [
            (
                "CH", "0446681800",
                ["0", "04", "044", "044 6", "044 66", "044 668", "044 668 1", "044 668 18", "044 668 18 0", "044 668 18 00"]
            ),
            (
                "US", "2015550123",
                ["2", "20", "201", "201-5", "201-55", "201-555", "201-5550", "(201) 555-01", "(201) 555-012", "(201) 555-0123"]
            ),
            (
                "JP", "0312345678",
                ["0", "03", "031", "03-12", "03-123", "03-1234", "03-1234-5", "03-1234-56", "03-1234-567", "03-1234-5678"]
            ),
            (
                "KR", "0223123456",
                ["0", "02", "022", "02-23", "02-231", "02-2312", "02-2312-3", "02-2312-34", "02-231-2345", "02-2312-3456"]
            ),
            ("IT", "+390236", ["+", "+3", "+39 ", "+39 0", "+39 02", "+39 02 3", "+39 02 36"]),
            ("US", "0114144", ["0", "01", "011 ", "011 4", "011 41 ", "011 41 4", "011 41 44"]),
            ("US", "201-55", ["2", "20", "201", "201-", "201-5", "201-55"]),
        ] as [(Region, String, [String])])
    func eachCharacter(_ region: Region, _ typed: String, _ expected: [String]) {
        var formatter = AsYouTypeFormatter(region: region)
        #expect(typed.map { formatter.append($0) } == expected)
    }

    @Test(
        "and the cursor stays behind its digit",
        arguments: [("CH", "0446681800", 3, 5), ("US", "2015550123", 4, 8), ("US", "+12015550123", 5, 8), ("CH", "044-668", 5, 6)]
            as [(Region, String, Int, Int)])
    func cursor(_ region: Region, _ typed: String, _ remembered: Int, _ expected: Int) {
        var formatter = AsYouTypeFormatter(region: region)
        for (index, character) in typed.enumerated() { formatter.append(character, remembersPosition: index == remembered) }
        #expect(formatter.rememberedPosition == expected)
    }

    @Test("digits of any script are shown as ASCII's once they are grouped, and a wide plus sign is a plus sign")
    func scripts() {
        var formatter = AsYouTypeFormatter(region: "CH")
        #expect("٠٤٤٦".map { formatter.append($0) } == ["٠", "٠٤", "044", "044 6"])
        formatter.clear()
        #expect("＋41446681800".map { formatter.append($0) }.last == "+41 44 668 18 00")
    }
}
