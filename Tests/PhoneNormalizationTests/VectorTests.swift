import Foundation
import PhoneNormalization
import Testing

/// Answers of the PyPI package `phonenumbers`; `Tests/Interop/phone/vectors.py` makes the file and names its origin in its first line.
@Suite("Numbers are read as libphonenumber reads them")
struct VectorTests {
    struct Vector {
        let line: Int
        let error, callingCode, national, extensionDigits, region, possibility, validity, type: String
        let formats: [String]
        let from, input: String
    }

    static func load() throws -> [Vector] {
        let url = try #require(Bundle.module.url(forResource: "phonenumbers", withExtension: "tsv", subdirectory: "Vectors"))
        let bytes = try [UInt8](Data(contentsOf: url))
        var vectors: [Vector] = []
        for (index, row) in bytes.split(separator: UInt8(ascii: "\n")).enumerated().dropFirst(2) {
            let fields = row.split(separator: UInt8(ascii: "\t"), maxSplits: 13, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            try #require(fields.count == 14)
            vectors.append(
                Vector(
                    line: index + 1, error: fields[0], callingCode: fields[1], national: fields[2], extensionDigits: fields[3],
                    region: fields[4], possibility: fields[5], validity: fields[6], type: fields[7], formats: Array(fields[8...11]),
                    from: fields[12], input: fields[13]))
        }
        return vectors
    }

    @Test("every field of every vector agrees")
    func allVectors() throws {
        let vectors = try Self.load()
        #expect(vectors.count > 6000)
        for vector in vectors {
            do throws(PhoneNumberError) {
                let number = try PhoneNumber(parsing: vector.input, region: Region(vector.from))
                #expect(vector.error == "", "line \(vector.line)")
                #expect(String(number.callingCode.value) == vector.callingCode, "line \(vector.line)")
                #expect(number.nationalSignificantNumber == vector.national, "line \(vector.line)")
                #expect(number.extensionDigits ?? "" == vector.extensionDigits, "line \(vector.line)")
                #expect(number.region?.code ?? "" == vector.region, "line \(vector.line)")
                #expect(Names.of[number.possibility] == vector.possibility, "line \(vector.line)")
                #expect(String(number.isValid) == vector.validity, "line \(vector.line)")
                #expect(Names.of[number.type] == vector.type, "line \(vector.line)")
                let formats = [PhoneNumber.Format.e164, .international, .national, .rfc3966].map { number.formatted($0) }
                #expect(formats == vector.formats, "line \(vector.line)")
            } catch {
                #expect(Names.of[error.code] == vector.error, "line \(vector.line)")
            }
        }
    }

    @Test("every region and every country calling code occurs in the vectors")
    func coverage() throws {
        let vectors = try Self.load()
        #expect(Region.all.count == 245)
        let from = Set(vectors.map(\.from))
        #expect(Region.all.filter { !from.contains($0.code) } == [])
        // A neighbour that shares the code claims every number of these two: the metadata cannot tell them apart.
        let regions = Set(vectors.map(\.region))
        #expect(Set(Region.all.filter { !regions.contains($0.code) }) == ["EH", "MF"])
        let codes = Set(vectors.map(\.callingCode))
        #expect(CountryCallingCode.all.allSatisfy { codes.contains(String($0.value)) })
    }

    @Test("a number is valid for its own region and no other of its calling code's")
    func validForOneRegion() throws {
        for vector in try Self.load() where vector.validity == "true" {
            let number = try PhoneNumber(parsing: vector.formats[0], region: nil)
            guard number.isValid, let own = number.region else { continue }
            #expect(number.isValid(for: own), "line \(vector.line)")
            #expect(!number.isValid(for: number.callingCode.value == 1 ? "CH" : "US"), "line \(vector.line)")
        }
    }

    @Test("a number made from its parts is the number that was read")
    func partsMakeTheSameNumber() throws {
        for vector in try Self.load() where vector.error == "" && vector.extensionDigits == "" {
            let number = try PhoneNumber(parsing: vector.input, region: Region(vector.from))
            var digits = Array(vector.national.utf8)
            let code = try #require(CountryCallingCode(Int(vector.callingCode) ?? 0))
            let again = try #require(
                digits.withUnsafeMutableBufferPointer { PhoneNumber(callingCode: code, nationalSignificantNumber: $0.span) })
            #expect(again == number, "line \(vector.line)")
            #expect(again.hashValue == number.hashValue, "line \(vector.line)")
        }
    }

    @Test("a valid number reads back from each of its formats")
    func formatsReadBack() throws {
        var differing = 0
        var total = 0
        for vector in try Self.load() where vector.validity == "true" && vector.extensionDigits == "" {
            let number = try PhoneNumber(parsing: vector.input, region: Region(vector.from))
            for format in [PhoneNumber.Format.e164, .international, .rfc3966] {
                total += 1
                let again = try PhoneNumber(parsing: number.formatted(format), region: nil)
                if again.nationalSignificantNumber != number.nationalSignificantNumber { differing += 1 }
            }
        }
        // A few plans have national numbers that begin like their own trunk prefix; libphonenumber strips it from those too.
        #expect(differing * 1000 < total, "\(differing) of \(total)")
    }
}

/// The words of libphonenumber for what this library says.
enum Names {
    struct Table {
        subscript(_ type: NumberType) -> String {
            switch type {
            case .premiumRate: "PREMIUM_RATE"
            case .tollFree: "TOLL_FREE"
            case .sharedCost: "SHARED_COST"
            case .voip: "VOIP"
            case .personalNumber: "PERSONAL_NUMBER"
            case .pager: "PAGER"
            case .universalAccess: "UAN"
            case .voicemail: "VOICEMAIL"
            case .fixedLineOrMobile: "FIXED_LINE_OR_MOBILE"
            case .fixedLine: "FIXED_LINE"
            case .mobile: "MOBILE"
            case .unknown: "UNKNOWN"
            }
        }

        subscript(_ possibility: Possibility) -> String {
            switch possibility {
            case .possible: "IS_POSSIBLE"
            case .possibleLocally: "IS_POSSIBLE_LOCAL_ONLY"
            case .tooShort: "TOO_SHORT"
            case .tooLong: "TOO_LONG"
            case .invalidLength: "INVALID_LENGTH"
            }
        }

        subscript(_ code: PhoneNumberError.Code) -> String {
            switch code {
            case .invalidCountryCode: "INVALID_COUNTRY_CODE"
            case .notANumber, .empty, .invalidUTF8: "NOT_A_NUMBER"
            case .tooShortAfterIDD: "TOO_SHORT_AFTER_IDD"
            case .tooShortNSN: "TOO_SHORT_NSN"
            case .tooLong: "TOO_LONG"
            default: "?"
            }
        }
    }

    static let of = Table()
}
