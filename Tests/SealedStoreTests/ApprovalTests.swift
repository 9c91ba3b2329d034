import CryptoPrimitives
import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

@Suite struct ApprovalTests {
    let custody: TestCustody

    init() throws { custody = try TestCustody() }

    private func request(requester: String = "rita", life: Duration = .seconds(86_400)) async throws -> RevealFile {
        let (person, _) = try await custody.enrol(custody.newNumber())
        return try custody.file(
            try await custody.desk().prepare(custody.attestation(person), role: .standard).draft, requester: requester, life: life)
    }

    private func refuses(_ file: RevealFile) -> Bool {
        (try? RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())) == nil
    }

    @Test func `Every bit of a request, of its envelope, its case and its roster counts`() async throws {
        let file = try await request()
        #expect(!refuses(file))
        let bytes = file.bytes
        // The roster is long, and its bits are tried in a test of their own.
        let rosterStart = bytes.count - custody.roster.count
        for bit in 0..<bytes.count * 8 where bit / 8 < rosterStart || bit % 61 == 0 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let changedFile = try? RevealFile(bytes: changed) else { continue }
            #expect(refuses(changedFile), "bit \(bit)")
        }
    }

    @Test func `A request for one person that carries another's envelope is refused by every approver`() async throws {
        let (ada, _) = try await custody.enrol("+41446681800")
        let (ben, _) = try await custody.enrol("+41446681801")
        let desk = try custody.desk()
        let mine = try await desk.prepare(custody.attestation(ada), role: .standard).draft.draft
        let yours = try await desk.prepare(custody.attestation(ben), role: .standard).draft.draft
        // A requester who swaps the envelope signs what is swapped: all digests agree.
        let crossed = RevealDraft(
            RevealRequest.Draft(
                role: .standard, attestation: mine.attestation, body: mine.body, envelope: yours.envelope, recipient: mine.recipient,
                opener: mine.opener))
        let file = try custody.file(crossed)
        for name in ["ada", "ben", "cleo", "dan", "eve", "finn"] {
            let error = #expect(throws: VaultError.self) { _ = try custody.approval(file, by: name) }
            #expect(error?.code == .requestRefused)
        }
        // The other way round: the envelope under a header that says it is somebody else's.
        let renamed = RevealDraft(
            RevealRequest.Draft(
                role: .breakGlass, attestation: mine.attestation, body: mine.body, envelope: mine.envelope, recipient: mine.recipient,
                opener: mine.opener))
        #expect(refuses(try custody.file(renamed)))
    }

    @Test func `A request about one person that opens another's record is refused, for the host says whose record it is`() async throws {
        let (ada, _) = try await custody.enrol(custody.newNumber())
        let (ben, _) = try await custody.enrol(custody.newNumber())
        let desk = try custody.desk()
        let bens = try await desk.prepare(custody.attestation(ben), role: .standard).draft.draft
        func file(_ attestation: RecordAttestation, notBefore: Timestamp? = nil) throws -> RevealFile {
            try RevealFile(
                requesting: RevealDraft(
                    RevealRequest.Draft(
                        role: .standard, attestation: attestation, body: bens.body, envelope: bens.envelope, recipient: bens.recipient,
                        opener: bens.opener)),
                for: Purposes.TermsOfServiceReview.self, caseText: "Ticket 4711.", roster: custody.roster, custodians: custody.custodians,
                requester: custody.person("rita"), notBefore: notBefore ?? custody.clock.now(), random: custody.random)
        }
        let good = custody.attestation(ben)
        #expect(!refuses(try file(good)))
        // The host's word about another, and a word about this one that is not this host's.
        #expect(refuses(try file(custody.attestation(ada))))
        #expect(refuses(try file(custody.attestation(ben, host: try TestCustody().keyrings.host))))
        let elsewhere = RevealSubject(audit: ben.audit, record: RecordID(random: custody.random))
        #expect(refuses(try file(custody.attestation(elsewhere))))
        let (bytes, request, roster) = (good.bytes, try file(good).request, try custody.verifiedRoster())
        try good.check(request, roster)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let attestation = try? RecordAttestation(bytes: changed) else { continue }
            #expect(throws: VaultError.self, "bit \(bit)") { try attestation.check(request, roster) }
        }
        // Another word of this very host about the same record, in the place of the one that the requester signed.
        let signed = try file(good).bytes
        custody.clock.advance(by: .seconds(1))
        let later = custody.attestation(ben).bytes
        let place = try #require(signed.indices.first { signed[$0...].starts(with: bytes) })
        var swapped = signed
        swapped.replaceSubrange(place..<place + bytes.count, with: later)
        #expect(!refuses(try RevealFile(bytes: signed)) && later != bytes)
        #expect(refuses(try RevealFile(bytes: swapped)))
        custody.clock.advance(by: .seconds(-1))
        // A week later it is too old, though all signatures hold.
        custody.clock.advance(by: RevealRequest.longestLife)
        #expect(!refuses(try file(good)))
        custody.clock.advance(by: .milliseconds(1))
        #expect(refuses(try file(good)))
        // And none is good before it was given, but for what clocks differ.
        let past = custody.clock.now() - ApprovalSet.clockAllowance
        #expect(!refuses(try file(custody.attestation(ben), notBefore: past)))
        #expect(refuses(try file(custody.attestation(ben), notBefore: past - .milliseconds(1))))
    }

    @Test func `Every bit of an approval and of a denial counts`() async throws {
        let file = try await request()
        let roster = try custody.verifiedRoster()
        let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
        let messages = [
            try custody.approval(file, by: "dan").bytes, try review.deny(as: custody.person("eve"), at: custody.clock.now()).bytes,
        ]
        #expect(messages.map(\.count) == [320, 144])
        for bytes in messages {
            for bit in 0..<bytes.count * 8 {
                var changed = bytes
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                guard let approval = try? Approval(bytes: changed) else { continue }
                #expect(throws: VaultError.self, "bit \(bit)") { try approval.check(file.request, roster) }
            }
        }
    }

    @Test func `Whoever's training or vetting had lapsed when they approved never counts, for auditors either`() async throws {
        let (person, _) = try await custody.enrol(custody.newNumber())
        let roster = try custody.verifiedRoster()
        for field in ["training", "vetting"] {
            let soon = custody.clock.now() + .seconds(60)
            let short = try TestCustody.signed(
                try Roster(
                    after: roster, deployment: custody.deployment, levels: [],
                    persons: roster.persons.map { person in
                        Roster.Person(
                            custody.person(person.name).card, mayRequest: person.mayRequest, mayOpen: person.mayOpen,
                            trainedUntil: person.name == "finn" && field == "training" ? soon : person.trainedUntil,
                            vettedUntil: person.name == "finn" && field == "vetting" ? soon : person.vettedUntil)
                    }, issuedAt: custody.clock.now()
                ).draft, custody.people)
            let file = try RevealFile(
                requesting: try await custody.desk().prepare(custody.attestation(person), role: .standard).draft,
                for: Purposes.LegalObligation.self, caseText: "Order of a court.", roster: short, custodians: custody.custodians,
                requester: custody.person("rita"), notBefore: custody.clock.now(), random: custody.random)
            let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
            func approve(at time: Timestamp) throws {
                let approval = try review.approve(
                    as: custody.person("finn"), with: try custody.share("finn"), at: time, random: custody.random)
                try approval.check(file.request, review.roster)
            }
            try approve(at: soon - .milliseconds(1))
            let error = #expect(throws: VaultError.self, "\(field)") { try approve(at: soon) }
            #expect(error?.code == .approvalRefused)
        }
    }

    @Test func `Who requests never approves, and no stranger does`() async throws {
        let file = try await request(requester: "ada")
        #expect(throws: VaultError.self) { _ = try custody.approval(file, by: "ada") }
        let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
        #expect(throws: VaultError.self) { _ = try review.deny(as: custody.person("ada"), at: custody.clock.now()) }
        #expect(throws: VaultError.self) { _ = try review.deny(as: custody.person("gus"), at: custody.clock.now()) }
        // Somebody else's name on one's own share, and one's own on somebody else's.
        #expect(throws: VaultError.self) {
            _ = try review.approve(
                as: custody.person("ben"), with: try custody.share("dan"), at: custody.clock.now(), random: custody.random)
        }
        #expect(throws: VaultError.self) {
            _ = try review.approve(
                as: custody.person("gus"), with: try custody.share("gus"), at: custody.clock.now(), random: custody.random)
        }
        let ben = try custody.approval(file, by: "ben")
        #expect(try ApprovalSet([ben, ben, ben], of: file.request, try custody.verifiedRoster()).progress.map(\.given) == [1, 0])
    }

    @Test func `Only who may request requests, and only a named opener opens`() async throws {
        let (person, _) = try await custody.enrol("+41446681800")
        let draft = try await custody.desk().prepare(custody.attestation(person), role: .standard).draft
        #expect(throws: VaultError.self) { _ = try custody.file(draft, requester: "eve") }
        #expect(throws: VaultError.self) { _ = try custody.file(draft, requester: "kim") }
        let other = try await custody.desk(opener: "ada").prepare(custody.attestation(person), role: .standard).draft
        #expect(throws: VaultError.self) { _ = try custody.file(other) }
        #expect(throws: VaultError.self) { _ = try custody.file(draft, life: .seconds(8 * 86_400)) }
        #expect(throws: VaultError.self) { _ = try custody.file(draft, life: .zero) }
    }

    @Test func `After training or vetting has lapsed every client refuses`() async throws {
        let file = try await request(life: .seconds(7 * 86_400))
        let early = try custody.approval(file, by: "dan")
        custody.clock.advance(by: .seconds(86 * 86_400))
        // A new request, a day before the training of all of them ends.
        let late = try await request(life: .seconds(7 * 86_400))
        custody.clock.advance(by: .seconds(5 * 86_400))
        #expect(refuses(late))
        #expect(throws: VaultError.self) { _ = try custody.approval(late, by: "dan") }
        // What was said in time stays said.
        try early.check(file.request, try custody.verifiedRoster())
    }

    @Test func `A request lives from its beginning to its end`() async throws {
        let file = try await request(life: .seconds(60))
        custody.clock.advance(by: .seconds(-1))
        #expect(refuses(file))
        custody.clock.advance(by: .seconds(60))
        #expect(!refuses(file))
        custody.clock.advance(by: .seconds(1))
        #expect(refuses(file))
        #expect(throws: VaultError.self) { _ = try custody.approval(file, by: "dan") }
    }

    @Test func `An older roster than one has seen is refused`() async throws {
        let file = try await request()
        let now = custody.clock.now()
        _ = try RevealReview(file, custodians: custody.custodians, knownRoster: 1, at: now)
        let error = #expect(throws: VaultError.self) {
            _ = try RevealReview(file, custodians: custody.custodians, knownRoster: 2, at: now)
        }
        #expect(error?.code == .rosterOutdated)
        let others = try CustodianSet(threshold: 2, keys: [custody.person("ada").publicKey, custody.person("ben").publicKey])
        #expect(throws: VaultError.self) { _ = try RevealReview(file, custodians: others, knownRoster: 0, at: now) }
    }

    @Test func `A denial ends it, whoever has approved, and whatever the same person said before`() async throws {
        let file = try await request()
        let review = try RevealReview(file, custodians: custody.custodians, knownRoster: 0, at: custody.clock.now())
        let denial = try review.deny(as: custody.person("dan"), at: custody.clock.now())
        let approvals = try custody.approvals(file, by: ["ben", "dan", "eve", "finn"])
        let set = try ApprovalSet(approvals + [denial], of: file.request, try custody.verifiedRoster())
        #expect(set.isDenied && !set.isComplete)
        let error = #expect(throws: VaultError.self) { try set.demandComplete() }
        #expect(error?.code == .denied)
    }

    @Test(arguments: [[], ["ben"], ["dan", "eve"], ["ben", "dan"], ["ada", "ben", "cleo"], ["dan", "eve", "finn"]] as [[String]])
    func `Fewer than both levels need is not enough, and says what is missing`(_ names: [String]) async throws {
        let file = try await request()
        let set = try ApprovalSet(try custody.approvals(file, by: names), of: file.request, try custody.verifiedRoster())
        #expect(!set.isComplete)
        let error = #expect(throws: VaultError.self) { try set.demandComplete() }
        #expect(error?.code == .incomplete && error?.reason.contains("level") == true)
    }

    @Test func `An approval says nothing about another request, and its share opens to its recipient alone`() async throws {
        let (first, second) = (try await request(), try await request())
        let approval = try custody.approval(first, by: "dan")
        let roster = try custody.verifiedRoster()
        #expect(throws: VaultError.self) { try approval.check(second.request, roster) }
        #expect(throws: VaultError.self) {
            _ = try approval.share(
                of: first.envelope, first.request, roster, recipient: SecretBytes(random: custody.random))
        }
    }
}
