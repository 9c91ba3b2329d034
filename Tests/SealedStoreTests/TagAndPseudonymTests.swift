import CryptoPrimitives
import IdentityTypes
import PhoneNormalization
import RecordStorage
import Testing

@testable import SealedStore

@Suite struct TagTests {
    /// From what somebody typed to the tags, by the way the library goes.
    private func tags(_ parties: TestParties, _ typed: String, region: String? = "CH") async throws -> NumberTags {
        let number = try PhoneNumber(parsing: typed, region: region.flatMap { Region($0) })
        let guarded = try number.withE164Bytes { bytes throws(VaultError) in try NumberVault.guarded(e164: bytes) }
        return try await parties.vault.tags(of: guarded)
    }

    @Test(
        arguments: [
            "044 668 18 00", "044/668.18.00", "(044) 668-18-00", "0041 44 668 18 00", "+41 44 668 18 00", "+41446681800",
            "tel:+41-44-668-18-00", "٠٤٤ ٦٦٨ ١٨ ٠٠", "０４４６６８１８００", "+41 (0)44 668 18 00",
        ])
    func `One number has one tag, however it is typed`(_ typed: String) async throws {
        let parties = try TestParties()
        let expected = try await tags(parties, "+41446681800", region: nil)
        #expect(try await tags(parties, typed) == expected)
        #expect(try await tags(parties, "+41446681801") != expected)
    }

    @Test func `Different numbers have different tags, and the two tags of a number have nothing in common`() async throws {
        let parties = try TestParties()
        var seen: Set<[UInt8]> = []
        for index in 0..<300 {
            let tags = try await parties.vault.tags(of: secret("+4144668\(1000 + index)"))
            seen.insert(tags.uniqueness.bytes)
            seen.insert(tags.budget.bytes)
            #expect(tags.epoch == 1)
        }
        #expect(seen.count == 600)
        // A number is not another one with zeros in front or behind.
        for near in ["+4144668100", "+41446681000", "+414466810000"] {
            _ = seen.insert(try await parties.vault.tags(of: secret(near)).uniqueness.bytes)
        }
        #expect(seen.count == 602)
    }

    @Test func `A tag needs both keys: the host's pepper and the evaluator's scalar`() async throws {
        let (parties, strangers) = (try TestParties(), try TestParties())
        let mine = try await parties.vault.tags(of: secret("+41446681800"))
        func vault(_ host: TestParties, _ evaluator: TestParties) -> NumberVault {
            NumberVault(
                store: host.rows, partitions: TestParties.partitions, keyring: host.host, keyService: host.service,
                evaluator: evaluator.service)
        }
        #expect(try await vault(parties, parties).tags(of: secret("+41446681800")) == mine)
        for (host, evaluator) in [(parties, strangers), (strangers, parties), (strangers, strangers)] {
            let others = try await vault(host, evaluator).tags(of: secret("+41446681800"))
            #expect(others.uniqueness != mine.uniqueness && others.budget != mine.budget)
        }
    }

    @Test func `The evaluator refuses what is no element`() async throws {
        let parties = try TestParties()
        for bad in [[], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32), [UInt8](repeating: 2, count: 31)] {
            #expect(try await refusal { _ = try await parties.service.evaluate(bad) } == .refused)
        }
    }

    @Test func `A number that is claimed is refused to the next one, and free again after its removal`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (first, tags) = try await parties.enrol("+41446681800")
        let (second, _) = try await parties.prepare("+41446681800")
        let error = await #expect(throws: StorageError.self) { try await parties.enrol(second, tags: tags) }
        #expect(error?.code == .conflict)
        #expect(try await parties.vault.claim(of: tags.uniqueness)?.subject == first.audit.id)
        #expect(try await parties.rows.record(at: second.vaultKey) == nil)

        // Another subject's removal leaves the claim alone.
        var commit = StagedCommit(random: parties.random)
        try await parties.vault.stageRemoval(of: second.audit.id, record: second.record, tags: [tags.uniqueness], in: &commit)
        #expect(commit.isEmpty)
        try await parties.vault.stageRemoval(of: first.audit.id, record: first.record, tags: [tags.uniqueness], in: &commit)
        try await commit.commit(to: parties.rows)
        #expect(try await parties.vault.claim(of: tags.uniqueness) == nil)
        #expect(try await parties.rows.record(at: first.vaultKey) == nil)
        try await parties.enrol(second, tags: tags)
    }

    @Test func `Of many who enrol one number at once, one does`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let enrolled = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<12 { group.addTask { (try? await parties.enrol("+41446681800")) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(enrolled == 1)
    }

    @Test func `A tag of another epoch than the store's is not claimed`() async throws {
        let parties = try TestParties()
        try await parties.open()
        let (prepared, tags) = try await parties.prepare("+41446681800")
        let stale = NumberTags(uniqueness: tags.uniqueness, epoch: 2, budget: tags.budget)
        let error = await #expect(throws: StorageError.self) { try await parties.enrol(prepared, tags: stale) }
        #expect(error?.code == .conflict)
        let unopened = try TestParties()
        let unopenedError = await #expect(throws: StorageError.self) {
            let (prepared, tags) = try await unopened.prepare("+41446681800")
            try await unopened.enrol(prepared, tags: tags)
        }
        #expect(unopenedError?.code == .wrongDeployment)
    }
}

@Suite struct PseudonymTests {
    private func index(_ parties: TestParties) -> PseudonymIndex {
        PseudonymIndex(store: parties.rows, partitions: TestParties.partitions, keyring: parties.host, random: parties.random)
    }

    @Test func `A consumer knows a person by one name for good, and two consumers by names that share nothing`() throws {
        let parties = try TestParties()
        let subject = SubjectID(random: parties.random)
        let seed = index(parties).draw(for: subject).wrappedSeed
        #expect(seed.count == 104)
        func name(_ consumer: Consumer, link: UInt32 = 0) throws -> Pseudonym {
            try index(parties).pseudonym(of: subject, wrappedSeed: seed, linkGeneration: link, for: consumer)
        }
        let host = try name(.host)
        #expect(try name(.host) == host)
        #expect(host.rawValue.wholeMatch(of: /u_[a-z2-7]{32}/) != nil)
        #expect(Pseudonym(rawValue: host.rawValue) == host)
        // Another process that opens the same keyring gives the same name.
        let keyring = try HostKeyring(
            path: parties.directory + "/host.keyring", passphrase: KeyringPassphrase(TestParties.passphrase))
        let other = PseudonymIndex(store: parties.rows, partitions: TestParties.partitions, keyring: keyring)
        #expect(try other.pseudonym(of: subject, wrappedSeed: seed, linkGeneration: 0, for: .host) == host)

        let names = [host, try name("support"), try name("chat"), try name("hos"), try name("hostt"), try name(.host, link: 1)]
        #expect(Set(names).count == names.count)
        for (left, right) in [(names[0], names[1]), (names[1], names[2])] {
            // Unrelated strings of 160 bits differ in about half of them.
            let different = zip(left.bytes, right.bytes).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            #expect((40...120).contains(different))
        }
    }

    @Test func `Nothing of a pseudonym comes from the number`() async throws {
        let parties = try TestParties()
        try await parties.open()
        var names: Set<Pseudonym> = []
        for _ in 0..<3 {
            let (prepared, tags) = try await parties.enrol("+41446681800")
            let seed = index(parties).draw(for: prepared.audit.id).wrappedSeed
            names.insert(
                try index(parties).pseudonym(of: prepared.audit.id, wrappedSeed: seed, linkGeneration: 0, for: .host))
            var commit = StagedCommit(random: parties.random)
            try await parties.vault.stageRemoval(
                of: prepared.audit.id, record: prepared.record, tags: [tags.uniqueness], in: &commit)
            try await commit.commit(to: parties.rows)
        }
        #expect(names.count == 3)
    }

    @Test func `A seed opens for its subject and under its keyring alone, and with no bit changed`() throws {
        let (parties, strangers) = (try TestParties(), try TestParties())
        let subject = SubjectID(random: parties.random)
        let seed = index(parties).draw(for: subject).wrappedSeed
        func name(_ index: PseudonymIndex, _ subject: SubjectID, _ seed: [UInt8]) throws -> Pseudonym {
            try index.pseudonym(of: subject, wrappedSeed: seed, linkGeneration: 0, for: .host)
        }
        #expect(throws: VaultError.self) { try name(index(strangers), subject, seed) }
        #expect(throws: VaultError.self) { try name(index(parties), SubjectID(random: parties.random), seed) }
        for bit in 0..<seed.count * 8 {
            var changed = seed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self) { try name(index(parties), subject, changed) }
        }
    }

    @Test func `A pseudonym leads to its subject until it is removed`() async throws {
        let parties = try TestParties()
        let subject = SubjectID(random: parties.random)
        let index = index(parties)
        let name = try index.pseudonym(
            of: subject, wrappedSeed: index.draw(for: subject).wrappedSeed, linkGeneration: 0, for: .host)
        #expect(try await index.subject(of: name) == nil)
        var commit = StagedCommit(random: parties.random)
        index.stage(name, of: subject, for: .host, in: &commit)
        try await commit.commit(to: parties.rows)
        #expect(try await index.subject(of: name) == subject)
        var removal = StagedCommit(random: parties.random)
        try await index.stageRemoval(of: name, in: &removal)
        try await removal.commit(to: parties.rows)
        #expect(try await index.subject(of: name) == nil)
    }

    @Test(arguments: ["", "u_", "u_abc", "U_" + String(repeating: "a", count: 32), "u_" + String(repeating: "A", count: 32)])
    func `What has not the form of a pseudonym is none`(_ text: String) {
        #expect(Pseudonym(rawValue: text) == nil)
        #expect(Pseudonym(rawValue: "u_" + String(repeating: "1", count: 32)) == nil)
        #expect(Pseudonym(rawValue: "u_" + String(repeating: "a", count: 33)) == nil)
    }
}
