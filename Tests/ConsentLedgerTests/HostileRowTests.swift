import IdentityTypes
import RecordStorage
import Testing

@testable import ConsentLedger

/// Rows that no version of this library writes: from a damaged disk, or from somebody who has the host's key.
@Suite struct HostileRowTests {
    /// One purpose's part of a row.
    private struct Part {
        var purpose: UInt16 = 16
        var standing: UInt8 = 1
        var method: UInt8 = 1
        var hasExpiry: UInt8 = 0
        var jurisdiction: [UInt8]? = Array("EU".utf8)
        var notice = Array("alerts".utf8)
        var version = Array("1".utf8)
        var language = Array("en".utf8)
        var digest = [UInt8](repeating: 7, count: 32)

        var encoded: [UInt8] {
            var writer = ByteWriter()
            writer.u16(purpose)
            writer.u8(standing)
            writer.u8(method)
            writer.i64(1_795_478_400_000)
            writer.u8(hasExpiry)
            if hasExpiry == 1 { writer.i64(1_895_478_400_000) }
            writer.optional(jurisdiction) { $0.prefixed($1) }
            writer.prefixed(notice)
            writer.prefixed(version)
            writer.prefixed(language)
            writer.fixed(digest)
            return writer.bytes
        }
    }

    private func row(_ parts: [Part], version: UInt8 = 1, count: UInt8? = nil) -> [UInt8] {
        [version, count ?? UInt8(parts.count)] + parts.flatMap(\.encoded)
    }

    private func part(_ change: (inout Part) -> Void) -> [UInt8] {
        var part = Part()
        change(&part)
        return row([part])
    }

    /// What the ledger makes of a row: the code of its refusal, or `nil`.
    private func code(_ value: [UInt8]) async throws -> StorageError.Code? {
        let person = Person()
        var commit = StagedCommit(random: person.random)
        commit.insert(value, at: person.key)
        try await commit.commit(to: person.store)
        do throws(ConsentError) {
            _ = try await person.consents.states(of: person.subject.id)
            return nil
        } catch {
            #expect(error.code == .unavailable)
            #expect(!error.description.contains("alerts"))
            // No grant, no decision and no withdrawal comes from it either, and it stays for whoever restores it.
            #expect(try await person.refusal(Purposes.SecurityAlert.self) == .unavailable)
            await #expect(throws: ConsentError.self) { try await person.decide(.securityAlert) }
            await #expect(throws: ConsentError.self) { try await person.withdraw(.securityAlert) }
            #expect(try await person.store.record(at: person.key)?.value == value)
            return error.storage?.code
        }
    }

    @Test func `A row that has its format is read`() async throws {
        #expect(try await code(row([])) == nil)
        #expect(try await code(row([Part()])) == nil)
        #expect(try await code(part { $0.hasExpiry = 1 }) == nil)
        #expect(try await code(part { $0.jurisdiction = nil }) == nil)
        let all = [16, 17, 18, 19, 20, 21].map { (purpose: UInt16) in
            var part = Part()
            part.purpose = purpose
            return part
        }
        #expect(try await code(row(all)) == nil)
    }

    @Test func `A row of any other format is refused as damaged, and grants nothing`() async throws {
        var rows: [String: [UInt8]] = [
            "empty": [], "another version": row([Part()], version: 2), "no version": row([Part()], version: 0),
            "fewer than it says": row([Part()], count: 2), "more than it says": row([Part(), Part()], count: 1),
            "bytes left over": row([Part()]) + [0], "standing 0": part { $0.standing = 0 }, "standing 4": part { $0.standing = 4 },
            "method 0": part { $0.method = 0 }, "method 5": part { $0.method = 5 }, "a bool of 2": part { $0.hasExpiry = 2 },
            "no notice": part { $0.notice = [] }, "a long notice": part { $0.notice = [UInt8](repeating: 0x61, count: 65) },
            "no version of it": part { $0.version = [] }, "a long version": part { $0.version = [UInt8](repeating: 0x61, count: 65) },
            "a language of a letter": part { $0.language = [0x65] },
            "a long language": part { $0.language = [UInt8](repeating: 0x65, count: 36) },
            "a jurisdiction of a letter": part { $0.jurisdiction = [0x45] },
            "a long jurisdiction": part { $0.jurisdiction = [UInt8](repeating: 0x45, count: 17) },
            "no UTF-8": part { $0.notice = [0xC3, 0x28] }, "a short digest": part { $0.digest.removeLast() },
            "one purpose twice": row([Part(), Part()]),
            "purposes out of order": row(
                [17, 16].map { (purpose: UInt16) in
                    var part = Part()
                    part.purpose = purpose
                    return part
                }),
        ]
        // Advertising would have a code, if there were such a thing; what is necessary is never asked.
        for purpose: UInt16 in [0, 1, 2, 3, 4, 5, 15, 22, 256, 0xFFFF] { rows["purpose \(purpose)"] = part { $0.purpose = purpose } }
        for (what, value) in rows { #expect(try await code(value) == .corrupt, "\(what)") }
    }

    @Test func `A row cut anywhere is refused as damaged`() async throws {
        let whole = part { $0.hasExpiry = 1 }
        for cut in 0..<whole.count { #expect(try await code(Array(whole[..<cut])) == .corrupt, "cut at \(cut)") }
    }

    @Test func `What is written is what is read, to the byte`() async throws {
        let person = Person()
        try await person.decide(.securityAlert, expiresAt: person.clock.now() + .seconds(5))
        try await person.decide(.stepUpVerification, given: false)
        let value = try #require(try await person.store.record(at: person.key)).value
        var reader = ByteReader(value)
        let sheet = try ConsentSheet(from: &reader)
        try reader.finish()
        #expect(sheet.encoded == value)
    }
}
