import Foundation
import PhoneNormalization
import Testing

@Suite("A number is encoded where its owner says so, and only there")
struct CodingTests {
    struct Contact: Codable, Equatable {
        @PhoneNumber.E164Coded var number: PhoneNumber
        var fax: PhoneNumber.E164Coded?
    }

    private func contact(_ json: String) throws -> Contact { try JSONDecoder().decode(Contact.self, from: Data(json.utf8)) }

    @Test(
        "in E.164, and comes back digit for digit",
        arguments: [
            ("+41 44 668 18 00", "+41446681800"), ("+39 02 3661 8300", "+390236618300"), ("+1 201-555-0123 x12", "+12015550123;ext=12"),
            ("+800 1234 5678", "+80012345678"), ("+41 12", "+4112"), ("+41 44 668 18 00 доб. ٣٤", "+41446681800;ext=٣٤"),
            ("+599 12345678901234567", "+59912345678901234567"),
        ])
    func encoded(_ typed: String, _ text: String) throws {
        let contact = Contact(number: try PhoneNumber(parsing: typed, region: nil))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let json = String(decoding: try encoder.encode(contact), as: UTF8.self)
        #expect(json == #"{"number":"\#(text)"}"#)
        #expect(try self.contact(json) == contact)
    }

    @Test("even if it would be read as another number where people type")
    func exactly() throws {
        let code = try #require(CountryCallingCode(41))
        let number = try #require(PhoneNumber(code, "0446681800"))
        let fax = PhoneNumber.E164Coded(wrappedValue: number)
        let again = try JSONDecoder().decode([PhoneNumber.E164Coded].self, from: JSONEncoder().encode([fax]))
        #expect(again == [fax])
        #expect(again.first?.wrappedValue.nationalSignificantNumber == "0446681800")
    }

    @Test("optional where it is optional")
    func optional() throws {
        #expect(try contact(#"{"number":"+41446681800","fax":"+41446681801"}"#).fax?.wrappedValue.isValid == true)
        #expect(try contact(#"{"number":"+41446681800","fax":null}"#).fax == nil)
    }

    @Test(
        "and no other text is decoded, nor repeated",
        arguments: [
            "", "+", "0446681800", "41446681800", "+41 44 668 18 00", "＋41446681800", "+٤١446681800", "+41446681800x5", "+41446681800;ext=",
            "+41446681800;ext=1;ext=2", "+41446681800;ext=123456789012345678901", "+41446681800;isub=5", "+4", "+41", "+411", "+99912345",
            "+0446681800", "+41123456789012345678", "tel:+41-44-668-18-00", "+41446681800;", "+41446681800;ext=x",
            "+41446681800;ext=\u{301}5",
        ])
    func refused(_ text: String) throws {
        let json = String(decoding: try JSONEncoder().encode(["number": text]), as: UTF8.self)
        do {
            _ = try contact(json)
            Issue.record("decoded")
        } catch let error as DecodingError {
            #expect(text.count < 4 || !String(reflecting: error).contains(text))
        }
    }

    @Test("it prints masked all the same")
    func masked() throws {
        let contact = try contact(#"{"number":"+41446681857"}"#)
        var dumped = ""
        dump(contact, to: &dumped)
        for text in [dumped, "\(contact)", String(reflecting: contact)] {
            #expect(text.contains("+41 ••• ••• ••57") && !text.contains("668"))
        }
    }
}
