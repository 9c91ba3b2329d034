import PhoneNormalization
import Testing

@Suite("Any text gets an answer from every feature")
struct HostileFeatureTests {
    static let pieces = [
        "", "1", " ", "/", "(", ")", "(1)", "x", "xx", "-", "1 - ", "\0", "\u{301}", "💬", "👩‍👩‍👧", "＋", "+", "٠", "¹", "½", ";ext=", "tel:",
        ",", "#", "~", "*", "\u{200B}", "\r\n", "1\u{301}", "$1",
    ]

    @Test("a megabyte is compared, typed, dialled and searched", arguments: pieces)
    func megabyte(_ piece: String) {
        let count = 1_000_000 / max(piece.utf8.count, 1)
        let long = String(repeating: piece, count: count)
        let padded = "+41 44 668 18 00" + long + "x5"
        let isNothing = piece.isEmpty
        #expect(PhoneNumber.match(long, long) == .notANumber)
        #expect((PhoneNumber.match("+41 44 668 18 00", padded) != .notANumber) == isNothing)
        #expect((try? TypedPhoneNumber(parsing: padded, region: "CH")) == nil || isNothing)
        #expect((try? ShortNumber(parsing: long, region: "CH")) == nil)
        #expect(!ShortNumber.isEmergency(long, in: "CH"))
        // All tries on a text of nothing else take long without optimisation; LinearTimeTests says how long.
        for match in PhoneNumberFinder(in: padded, region: "CH", leniency: .possible, maximumTries: 1000) {
            #expect(!match.range.isEmpty && match.number.possibility.isPossible)
        }
    }

    @Test(
        "a hundred thousand characters are typed, each of them shown",
        arguments: ["1", " ", "/", "\0", "\u{301}", "💬", "＋", "1\u{301}", "٠", "+1"])
    func typing(_ piece: String) {
        var formatter = AsYouTypeFormatter(region: "CH")
        let count = 100_000 / piece.unicodeScalars.count
        let text = String(repeating: piece, count: count)
        for character in text { formatter.append(character, remembersPosition: true) }
        #expect(formatter.text.unicodeScalars.count == text.unicodeScalars.count)
        #expect(formatter.rememberedPosition == text.unicodeScalars.count)
        formatter.clear()
        for character in "0446681800" { formatter.append(character) }
        #expect(formatter.text == "044 668 18 00")
    }

    @Test("the longest number with the longest extension fits into every format")
    func longestOutput() throws {
        // Twenty digits of four bytes each; the longest carrier code and more.
        let digits = String(repeating: "𝟗", count: 20)
        let carrier = String(repeating: "9", count: 40)
        for code in CountryCallingCode.all {
            for national in ["12345678901234567", "00000000000000000", "1234567890", "9112345678", "800123456"] {
                guard let number = try? PhoneNumber(parsing: "+\(code.value)\(national) ext. \(digits)", region: nil) else { continue }
                #expect(number.extensionDigits == digits)
                let written =
                    [PhoneNumber.Format.international, .national, .rfc3966].map { number.formatted($0) }
                    + [
                        number.formattedNationally(carrierCode: carrier), number.formatted(callingFrom: "RU"),
                        number.formatted(callingFrom: "AU"),
                    ]
                #expect(written.allSatisfy { $0.hasSuffix(digits) })
                #expect(!number.formattedNationally(carrierCode: carrier).contains(String(repeating: "9", count: 21)))
            }
        }
    }

    @Test("every number keeps its letters from everywhere, whatever its format")
    func everyFormat() throws {
        for region in Region.all {
            for type in NumberType.allCases {
                guard let number = region.exampleNumber(type) else { continue }
                let typed = try TypedPhoneNumber(parsing: number.formatted(.national), region: region)
                for from in [region, "US", .world] {
                    #expect(!typed.formattedKeepingLetters(callingFrom: from).isEmpty)
                    #expect(!typed.formattedAsTyped(callingFrom: from).isEmpty)
                }
            }
        }
    }

    @Test("a carrier code counts in ASCII digits alone", arguments: ["", "abc", "٣١", "１５", "¹", "💬", "\0", "-", "\u{301}"])
    func carrierCodes(_ junk: String) throws {
        let number = try PhoneNumber(parsing: "+551136623000", region: nil)
        #expect(number.formattedNationally(carrierCode: junk) == "(11) 3662-3000")
        #expect(number.formattedNationally(carrierCode: "1" + junk + " 5") == "0 \(junk == "\u{301}" ? "" : "1")5 (11) 3662-3000")
    }
}

@Suite("A format of a host's own stops nobody")
struct HostileCustomFormatTests {
    static let allGroups: [[ClosedRange<Int>]] = [
        [], [0...0], [0...Int.max], [Int.min...Int.max], [Int.max...Int.max], [Int.max...Int.max, Int.max...Int.max],
        [Int.min...Int.min, Int.min...Int.min], [1...1, Int.max...Int.max], [Int.min...0, 1...Int.max], [-1...10], [16...20], [18...18],
        Array(repeating: 1...17, count: 100), Array(repeating: 0...17, count: 7), Array(repeating: 1...Int.max, count: 7),
    ]
    static let templates = [
        "", "$", "$$", "$9", "$0", "$1$", "$1$9", "$8", "$😀", "💬$1", "$1\u{301}", "\0", "$NP", "$FG$1",
        String(repeating: "$1-", count: 2_000),
    ]

    @Test("whatever its groups are", arguments: allGroups)
    func groups(_ groups: [ClosedRange<Int>]) throws {
        let number = try PhoneNumber(parsing: "+41446681800 x5", region: nil)
        for template in Self.templates {
            for rule in ["", "$NP$FG", "$", "$N", "$FG$FG$NP💬"] {
                let format = CustomNumberFormat(
                    leadingDigits: ["", "4", "💬"], groups: groups, template: template, nationalPrefixRule: rule)
                for each in PhoneNumber.Format.allCases {
                    let written = number.formatted(each, using: [format])
                    #expect(written.utf8.count <= 40 + 10 * template.utf8.count + rule.utf8.count)
                }
            }
        }
    }

    @Test("a group that cannot be one leaves the number ungrouped", arguments: [Int.max...Int.max, 18...18, 0...0, -1...9, -5 ... -1])
    func ungrouped(_ group: ClosedRange<Int>) throws {
        let number = try PhoneNumber(parsing: "+41446681800", region: nil)
        let format = CustomNumberFormat(groups: [group], template: "<$1>")
        #expect(number.formatted(.international, using: [format]) == "+41 446681800")
        let unbounded = CustomNumberFormat(groups: [1...Int.max, 4...4], template: "$1/$2")
        #expect(number.formatted(.international, using: [format, unbounded]) == "+41 44668/1800")
    }

    @Test("what is no group in a template stays as it is")
    func literals() throws {
        let number = try PhoneNumber(parsing: "+41446681800", region: nil)
        func written(_ template: String) -> String {
            number.formatted(.international, using: [CustomNumberFormat(groups: [2...2, 7...7], template: template)])
        }
        #expect(written("$1 $2 $3 $9 $0 $") == "+41 44 6681800 $3 $9 $0 $")
        #expect(written("€$2·$1💬") == "+41 €6681800·44💬")
    }
}
