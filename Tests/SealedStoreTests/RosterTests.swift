import IdentityTypes
import RecordStorage
import Testing

@testable import SealedStore

@Suite struct RosterTests {
    let custody: TestCustody

    init() throws { custody = try TestCustody() }

    private func levels(_ deals: [ShareDeal]) throws -> [(level: DealtLevel, purposes: [PurposeCode])] {
        try deals.map { (try DealtLevel($0), TestCustody.purposes) }
    }

    private func draft(
        _ deals: [ShareDeal], persons: [Roster.Person]? = nil, purposes: [PurposeCode] = TestCustody.purposes
    ) throws -> Roster {
        try Roster(
            after: nil, deployment: custody.deployment, host: custody.keyrings.host.card,
            levels: try deals.map { (try DealtLevel($0), purposes) },
            persons: persons ?? TestCustody.persons(custody.people, at: custody.clock.now()), issuedAt: custody.clock.now())
    }

    private func deal(_ level: UInt8, _ threshold: Int, _ members: [String], by dealer: String, _ role: QuorumRole = .standard) throws
        -> ShareDeal
    {
        try ShareDeal(
            role: role, level: level, threshold: threshold, members: members.map { custody.person($0).card },
            dealer: custody.person(dealer),
            random: custody.random)
    }

    @Test func `A roster is what its custodians signed, to the bit`() throws {
        let file = custody.roster
        let roster = try Roster(file, custodians: custody.custodians)
        #expect(roster.persons.count == 12 && roster.quorums.map(\.role) == [.standard, .breakGlass])
        #expect(roster.quorums.allSatisfy { $0.levels.count == 2 })
        for bit in 0..<file.count * 8 where bit % 5 == 0 || bit < 800 || bit > (file.count - 200) * 8 {
            var changed = file
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self, "bit \(bit)") { _ = try Roster(changed, custodians: custody.custodians) }
        }
    }

    @Test func `The host is no person of the roster`() throws {
        let deals = custody.deals
        let persons = TestCustody.persons(custody.people, at: custody.clock.now())
        let host = Roster.Person(
            name: "host", signingKey: custody.keyrings.host.card.key, boxKey: custody.random.bytes(32), mayRequest: true, mayOpen: false,
            trainedUntil: persons[0].trainedUntil, vettedUntil: persons[0].vettedUntil)
        _ = try draft(deals, persons: persons)
        #expect(throws: VaultError.self) { _ = try draft(deals, persons: persons + [host]) }
    }

    @Test func `One custodian is not enough, nor one who signs twice, nor strangers`() throws {
        let draft = try Roster(unverified: custody.roster).draft
        let once = try Roster.sign(draft, by: custody.person("kim"))
        #expect(throws: VaultError.self) { _ = try Roster(once, custodians: custody.custodians) }
        let twice = try Roster.sign(once, by: custody.person("kim"))
        #expect(throws: VaultError.self) { _ = try Roster(twice, custodians: custody.custodians) }
        let strange = try Roster.sign(once, by: custody.person("rita"))
        #expect(throws: VaultError.self) { _ = try Roster(strange, custodians: custody.custodians) }
        _ = try Roster(try Roster.sign(strange, by: custody.person("lea")), custodians: custody.custodians)
        #expect(throws: VaultError.self) { _ = try CustodianSet(threshold: 1, keys: custody.custodians.keys) }
        #expect(throws: VaultError.self) { _ = try CustodianSet(threshold: 0, keys: custody.custodians.keys) }
        #expect(throws: VaultError.self) { _ = try CustodianSet(threshold: 2, keys: [[UInt8](repeating: 1, count: 32)]) }
    }

    @Test func `Nobody stands in both levels of a quorum, and no quorum has one level`() throws {
        let first = try deal(1, 1, ["ada", "ben"], by: "dealer-1")
        _ = try draft([first, try deal(2, 1, ["dan"], by: "dealer-2")])
        #expect(throws: VaultError.self) { _ = try draft([first, try deal(2, 1, ["dan", "ben"], by: "dealer-2")]) }
        #expect(throws: VaultError.self) { _ = try draft([first]) }
        #expect(throws: VaultError.self) { _ = try draft([]) }
        #expect(throws: VaultError.self) { _ = try draft([first, first]) }
        // Those on call alone: there is no standard quorum.
        #expect(throws: VaultError.self) { _ = try draft([custody.deals[2], custody.deals[3]]) }
    }

    @Test func `No dealer knows both levels, nor sits in the other one`() throws {
        let first = try deal(1, 1, ["ada"], by: "dealer-1")
        #expect(throws: VaultError.self) { _ = try draft([first, try deal(2, 1, ["dan"], by: "dealer-1")]) }
        let dealtByDan = try deal(1, 1, ["ada"], by: "dan")
        #expect(throws: VaultError.self) { _ = try draft([dealtByDan, try deal(2, 1, ["dan", "eve"], by: "dealer-2")]) }
    }

    @Test func `Nobody has two names or two places, and every share has its person`() throws {
        let deals = [try deal(1, 1, ["ada"], by: "dealer-1"), try deal(2, 1, ["dan"], by: "dealer-2")]
        let persons = TestCustody.persons(custody.people, at: custody.clock.now())
        #expect(throws: VaultError.self) { _ = try draft(deals, persons: persons + [persons[0]]) }
        #expect(throws: VaultError.self) { _ = try draft(deals, persons: Array(persons.dropFirst())) }
        let other = PersonKeyring(name: "ada", deployment: custody.deployment, random: custody.random)
        let twin = Roster.Person(
            other.card, mayRequest: true, mayOpen: false, trainedUntil: custody.clock.now(), vettedUntil: custody.clock.now())
        #expect(throws: VaultError.self) { _ = try draft(deals, persons: persons + [twin]) }
    }

    @Test(arguments: [[], [.verification], [.productUpdate], [.termsOfServiceReview, .termsOfServiceReview]] as [[PurposeCode]])
    func `A level approves purposes for which people may see a number, and nothing else`(_ purposes: [PurposeCode]) throws {
        let deals = [try deal(1, 1, ["ada"], by: "dealer-1"), try deal(2, 1, ["dan"], by: "dealer-2")]
        #expect(throws: VaultError.self) { _ = try draft(deals, purposes: purposes) }
    }

    @Test func `The next roster goes on from the one before, with the same key after a resharing`() throws {
        let earlier = try custody.verifiedRoster()
        let members = ["eve", "finn", "kim"].map { custody.person($0).card }
        let deals = try ["dan", "finn"].map { name in
            try ShareDeal(
                resharing: try custody.share(name), threshold: 2, members: members, holder: custody.person(name), random: custody.random)
        }
        let now = custody.clock.now()
        let persons =
            TestCustody.persons(custody.people, at: now).filter { $0.name != "dan" }
            + [
                Roster.Person(
                    custody.person("kim").card, mayRequest: false, mayOpen: false, trainedUntil: now + .seconds(9), vettedUntil: now)
            ]
        let level = try DealtLevel(resharing: earlier, deals)
        let next = try Roster(
            after: earlier, deployment: custody.deployment, levels: [(level, [.legalObligation])], persons: persons, issuedAt: now)
        #expect(next.number == 2 && next.previous == earlier.digest)
        #expect(next.quorum(.standard)?.key == earlier.quorum(.standard)?.key)
        #expect(next.quorum(.breakGlass)?.key == earlier.quorum(.breakGlass)?.key)
        #expect(next.quorum(.standard)?.levels[1].epoch == 1 && next.quorum(.standard)?.levels[1].purposes == [.legalObligation])
        #expect(next.quorum(.standard)?.levels[0] == earlier.quorum(.standard)?.levels[0])
    }

    @Test func `A card is its person's own, to the bit`() throws {
        let card = custody.person("ada").card
        #expect(try PersonCard(bytes: card.bytes) == card)
        for bit in 0..<card.bytes.count * 8 {
            var changed = card.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self, "bit \(bit)") { _ = try PersonCard(bytes: changed) }
        }
    }
}
