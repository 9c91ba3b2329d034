import PhoneNormalization
import Testing

/// Reads any bytes; what matters is that there is an answer.
private func read(_ bytes: [UInt8], region: Region? = "CH") -> Result<PhoneNumber, PhoneNumberError> {
    bytes.withUnsafeBufferPointer { buffer in
        do throws(PhoneNumberError) {
            return .success(try PhoneNumber(parsing: buffer.span, region: region))
        } catch {
            return .failure(error)
        }
    }
}

/// SplitMix64: the same bytes in every run.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

@Suite("Any bytes get an answer")
struct HostileInputTests {
    @Test("no bytes are no number")
    func empty() {
        #expect(read([]) == .failure(failure(.empty)))
    }

    @Test("ten million bytes are refused without being read")
    func long() {
        for byte in [UInt8(ascii: "1"), UInt8(ascii: " "), 0xFF, 0x80, 0xF0] {
            #expect(read([UInt8](repeating: byte, count: 10_000_000)) == .failure(failure(.tooLong)))
        }
    }

    @Test("each single byte is no number, for the reason that fits it")
    func singleBytes() {
        for byte in UInt8.min...UInt8.max {
            for length in [1, 2, 3, 249, 250] {
                let bytes = [UInt8](repeating: byte, count: length)
                let answer = read(bytes)
                if case .success = answer, !(0x30...0x39).contains(byte) { Issue.record("byte \(byte) was read as a number") }
                guard case .failure(let error) = answer, !(0x30...0x39).contains(byte) else { continue }
                let isBlank = byte == 0x20 || (0x09...0x0D).contains(byte)
                #expect(error.code == (byte > 0x7F ? .invalidUTF8 : isBlank ? .empty : .notANumber), "\(length) times byte \(byte)")
            }
        }
    }

    @Test("a byte that is not UTF-8 counts as a character no number has")
    func invalidUTF8() throws {
        let plain = Array("044 668 18 00".utf8)
        let number = try read(plain).get()
        for broken: [UInt8] in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x80], [0xF0, 0x9F]] {
            #expect(read(broken + plain) == .success(number))
            #expect(read(plain + broken) == .success(number))
            #expect(throws: PhoneNumberError.self) { try read(Array(plain[..<6]) + broken + plain[6...]).get() }
        }
    }

    @Test("random bytes and random pieces of the grammar end in a number or an error", arguments: [1, 2, 3, 4] as [UInt64])
    func random(_ seed: UInt64) throws {
        var generator = Seeded(state: seed)
        let pieces = [
            "+", "0", "1", "41", "00", "44", " ", "-", "x", "ext", ";ext=", ";isub=", ";phone-context=", "tel:", "#", ",", ",,", "~", "доб",
            "٣", "９", "＋",
            "(", ")", "/", "abc", "é", "\u{301}", "int", "anexo", ".", "+1", "a.b", "\u{FEFF}", "💬", "ı", "K",
        ]
        let regions = Region.all + [.world, "ZZ"]
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            if Bool.random(using: &generator) {
                bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            } else {
                for _ in 0..<Int.random(in: 1...40, using: &generator) { bytes += Array(pieces.randomElement(using: &generator)!.utf8) }
            }
            guard case .success(let number) = read(bytes, region: regions.randomElement(using: &generator)) else { continue }
            for format in PhoneNumber.Format.allCases { #expect(!number.formatted(format).isEmpty) }
            #expect((2...17).contains(number.nationalSignificantNumber.utf8.count))
            #expect(number.isValid == (number.type != .unknown))
        }
    }

    @Test("text as a string and text as bytes are read alike")
    func stringAndBytes() throws {
        for text in ["+41 44 668 18 00", "０４４ ６６８ １８ ００", "1-800-MICROSOFT", "044 668 18 00 ext. 12"] {
            let number = try PhoneNumber(parsing: text, region: "CH")
            #expect(read(Array(text.utf8)) == .success(number))
        }
    }

    private func failure(_ code: PhoneNumberError.Code) -> PhoneNumberError {
        // Errors are made by the module alone; take one of the code asked for and without an offset.
        do {
            _ = try PhoneNumber(parsing: code == .tooLong ? String(repeating: "1", count: 300) : "", region: "CH")
            preconditionFailure("The text is no number.")
        } catch {
            return error
        }
    }
}

@Suite("Digits of every script count")
struct ScriptTests {
    @Test("as the value Unicode gives them")
    func everyDecimalDigit() throws {
        for value in UInt32(0x80)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory == .decimalNumber,
                // The tables are of Unicode 17; a newer standard library may know more scripts.
                let age = scalar.properties.age, age.major <= 17
            else { continue }
            let digit = Int(try #require(scalar.properties.numericValue))
            let number = try PhoneNumber(parsing: "04466818\(scalar)\(scalar)", region: "CH")
            #expect(number.nationalSignificantNumber == "4466818\(digit)\(digit)", "U+\(String(value, radix: 16))")
            let extended = try PhoneNumber(parsing: "044 668 18 00 ext. \(scalar)", region: "CH")
            #expect(extended.extensionDigits == String(scalar))
        }
    }

    @Test("letters are read as keypad digits if there are three")
    func keypad() throws {
        #expect(try PhoneNumber(parsing: "1-800-ABCDEFGHIJ", region: "US").formatted(.e164) == "+18002223334445")
        #expect(try PhoneNumber(parsing: "1-800-KLMNOPQRST", region: "US").formatted(.e164) == "+18005566677778")
        #expect(try PhoneNumber(parsing: "1-800-TUVWXYZ", region: "US").formatted(.e164) == "+18008889999")
        #expect(try PhoneNumber(parsing: "1-800-tuvwxyz", region: "US").formatted(.e164) == "+18008889999")
        #expect(try PhoneNumber(parsing: "+1-800-555-01ab", region: "US").formatted(.e164) == "+180055501")
    }
}
