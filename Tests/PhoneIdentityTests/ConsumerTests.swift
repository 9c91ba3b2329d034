import AuditLog
import CryptoPrimitives
import Foundation
import IdentityTypes
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("Every system knows a person by a name of its own") struct ConsumerTests {
    private let number = TestProcess.number(6)

    private func person() async throws -> (TestDeployment, TestProcess, Pseudonym) {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let host = try await process.signUp(number, consents: [TestProcess.decision(.stepUpVerification)])
        deployment.clock.advance(by: .seconds(3600))
        return (deployment, process, host)
    }

    private static func consumer(_ index: Int) throws -> Consumer { try #require(Consumer(rawValue: "system-\(index)")) }

    /// The person's row, as it is stored.
    private func enrolment(_ process: TestProcess, _ pseudonym: Pseudonym) async throws -> Enrolment {
        try await process.service.person(pseudonym).0
    }

    private func names(_ deployment: TestDeployment) async throws -> Set<Pseudonym> {
        Set(try await deployment.identity.rows("pseudonym").map { Pseudonym(bytes: $0.key.row) })
    }

    // MARK: Giving

    @Test("the first use is one commit with its entry, every later one gives the same name and commits nothing")
    func firstUse() async throws {
        let (deployment, process, host) = try await person()
        deployment.identity.reset()
        let support = try await process.service.pseudonym(of: host, for: "support")
        let first = try #require(deployment.identity.made.first)
        #expect(Set(first.map(\.key.collection.rawValue)) == ["enrolment", "pseudonym", "outbox", "history"])
        let chat = try await process.service.pseudonym(of: host, for: "chat")
        #expect(deployment.identity.made.count == 2)
        #expect(Set([host, support, chat]).count == 3)
        let later = try await deployment.open()
        #expect(try await later.service.pseudonym(of: host, for: "support") == support)
        #expect(try await later.service.pseudonym(of: host, for: "chat") == chat)
        #expect(try await later.service.pseudonym(of: host, for: .host) == host)
        #expect(deployment.identity.made.count == 2)
        #expect(try await enrolment(process, host).consumers == [.host, "support", "chat"])
        #expect(try await names(deployment) == [host, support, chat])
        #expect(try await deployment.entries(process).map(\.action).filter { $0 == .pseudonymGiven }.count == 2)
    }

    @Test("a consumer's names of two people have nothing in common, and a person who returns gets new ones")
    func people() async throws {
        let (deployment, process, host) = try await person()
        let other = try await process.signUp(TestProcess.number(7))
        var seen: Set<Pseudonym> = [host, other]
        for person in [host, other] { seen.insert(try await process.service.pseudonym(of: person, for: "support")) }
        try await process.service.erase(host)
        deployment.clock.advance(by: .seconds(3600))
        let again = try await process.signUp(number)
        seen.formUnion([again, try await process.service.pseudonym(of: again, for: "support")])
        #expect(seen.count == 6)
    }

    @Test("the owner's history and export tell who was given a name")
    func owner() async throws {
        let (deployment, process, host) = try await person()
        _ = try await process.service.pseudonym(of: host, for: "support")
        deployment.clock.advance(by: .seconds(1))
        let proof = try await process.stepUp(host, number)
        let export = try await process.service.export(host, proof: proof)
        #expect(export.consumers == [.host, "support"])
        let given = try #require(export.history?.first { $0.action == .pseudonymGiven })
        #expect(given.details == [AuditEvent.Detail("consumer", "support")])
    }

    @Test("one more consumer than there may be is refused, and those before it keep their names")
    func limit() async throws {
        let (deployment, process, host) = try await person()
        var given: Set<Pseudonym> = [host]
        for index in 1..<Enrolment.consumerLimit {
            given.insert(try await process.service.pseudonym(of: host, for: Self.consumer(index)))
        }
        #expect(given.count == 64)
        let rows = try await deployment.rows()
        #expect(await refusal { try await process.service.pseudonym(of: host, for: "one more") }?.name == "identity.tooManyConsumers")
        #expect(try await deployment.rows() == rows)
        #expect(given.contains(try await process.service.pseudonym(of: host, for: Self.consumer(1))))
        try await process.service.erase(host)
        #expect(try await names(deployment).isEmpty)
    }

    // MARK: What a consumer's name is good for

    @Test("calls about the person take any of the names and act on the one person")
    func anyName() async throws {
        let (deployment, process, host) = try await person()
        let service = process.service
        let support = try await service.pseudonym(of: host, for: "support")
        try await service.record([TestProcess.decision(.productUpdate)], for: support)
        #expect(try await service.consents(of: support) == (try await service.consents(of: host)))
        try await service.withdraw(.productUpdate, for: support)
        #expect(try await service.consents(of: host).first { $0.purpose == .productUpdate }?.standing == .withdrawn)
        try await service.stopRecovery(support)
        #expect(try await enrolment(process, host).recoveryStoppedUntil != nil)
        let export = try await service.export(support)
        #expect(export.pseudonym == support)
        // A completed challenge answers with the host's own.
        guard case .steppedUp(let named, let proof) = try await process.prove(.stepUp(support, because: .dataExport), number) else {
            Issue.record("No step-up.")
            return
        }
        #expect(named == host)
        #expect(try await service.export(support, proof: proof, number: number).number == number)
        try await service.erase(support)
        #expect(try await deployment.identity.rows("enrolment").isEmpty)
        for name in [host, support] {
            #expect(await refusal { try await service.consents(of: name) }?.name == "identity.unknownPseudonym")
        }
    }

    @Test("no name but the host's own leads to another consumer's, or acknowledges the host's account")
    func foreign() async throws {
        let (deployment, process, host) = try await person()
        let support = try await process.service.pseudonym(of: host, for: "support")
        _ = try await process.service.pseudonym(of: host, for: "chat")
        let rows = try await deployment.rows()
        for consumer in ["chat", "support", "new", .host] as [Consumer] {
            #expect(
                await refusal { try await process.service.pseudonym(of: support, for: consumer) }?.name == "identity.foreignPseudonym")
        }
        #expect(await refusal { try await process.service.acknowledge(support) }?.name == "identity.foreignPseudonym")
        let nobody = Pseudonym(bytes: [UInt8](repeating: 9, count: 20))
        #expect(await refusal { try await process.service.pseudonym(of: nobody, for: "chat") }?.name == "identity.unknownPseudonym")
        #expect(try await deployment.rows() == rows)
    }

    // MARK: Races and faults

    @Test("two processes that ask first at once give one name, and record it once")
    func race() async throws {
        let (deployment, process, host) = try await person()
        let other = try await deployment.open()
        // The other process is done between this one's reading and its commit.
        deployment.identity.beforeNextCommit { _ = try? await other.service.pseudonym(of: host, for: "support") }
        let support = try await process.service.pseudonym(of: host, for: "support")
        #expect(try await other.service.pseudonym(of: host, for: "support") == support)
        // And with another consumer in between, neither of the two is lost.
        deployment.identity.beforeNextCommit { _ = try? await other.service.pseudonym(of: host, for: "chat") }
        _ = try await process.service.pseudonym(of: host, for: "desk")
        #expect(try await enrolment(process, host).consumers == [.host, "support", "chat", "desk"])
        #expect(try await names(deployment).count == 4)
        #expect(try await deployment.entries(process).filter { $0.action == .pseudonymGiven }.count == 3)
    }

    @Test("of many askers in two processes each gets its consumer's one name")
    func manyAtOnce() async throws {
        let (deployment, process, host) = try await person()
        let processes = [process, try await deployment.open()]
        let given = try await withThrowingTaskGroup(of: (Consumer, Pseudonym).self) { group in
            for index in 0..<24 {
                group.addTask {
                    let consumer = try Self.consumer(index % 3)
                    while true {
                        do throws(IdentityError) {
                            return (consumer, try await processes[index % 2].service.pseudonym(of: host, for: consumer))
                        } catch {
                            guard error.name == "identity.busy" else { throw error }
                        }
                    }
                }
            }
            return try await group.reduce(into: [Consumer: Set<Pseudonym>]()) { $0[$1.0, default: []].insert($1.1) }
        }
        #expect(given.count == 3 && given.values.allSatisfy { $0.count == 1 })
        #expect(try await names(deployment).count == 4)
        #expect(try await deployment.entries(process).filter { $0.action == .pseudonymGiven }.count == 3)
    }

    @Test("a fault at the first use leaves all of it or nothing, and asking again ends it", arguments: ProbeStore.Fault.allCases)
    func fault(_ fault: ProbeStore.Fault) async throws {
        let (deployment, process, host) = try await person()
        deployment.identity.plan(fault, at: 1)
        _ = await refusal { try await process.service.pseudonym(of: host, for: "support") }
        deployment.lifeline.revive()
        let later = try await deployment.open()
        let support = try await later.service.pseudonym(of: host, for: "support")
        // What was slow expects the person's row as it was, and finds another.
        await deployment.identity.land()
        #expect(try await names(deployment) == [host, support])
        #expect(try await enrolment(later, support).consumers == [.host, "support"])
        #expect(try await deployment.entries(later).filter { $0.action == .pseudonymGiven }.count == 1)
    }

    // MARK: Erasing

    @Test("an erasure takes every name along, wherever it is interrupted and whichever name asks for it", arguments: 1...3, 1...3)
    func erased(step: Int, kind: Int) async throws {
        let (deployment, process, host) = try await person()
        var all = [host]
        for index in 1...5 { all.append(try await process.service.pseudonym(of: host, for: Self.consumer(index))) }
        switch kind {
        case 1: deployment.identity.plan(.killedBefore, at: step)
        case 2: deployment.identity.plan(.killedAfter, at: step)
        default: deployment.keys.plan(step % 2 == 0 ? .killedBefore : .killedAfter, at: 1)
        }
        _ = await refusal { try await process.service.erase(all[step]) }
        deployment.lifeline.revive()
        let later = try await deployment.open()
        if try await deployment.identity.rows("erasing").isEmpty, try await !names(deployment).isEmpty {
            // It died before the first commit.
            try await later.service.erase(all[0])
        }
        for name in all where try await !names(deployment).isEmpty {
            #expect(await refusal { try await later.service.consents(of: name) }?.name == "identity.erasing")
        }
        try await later.service.sweep()
        #expect(try await names(deployment).isEmpty)
        #expect(try await deployment.identity.rows("erasing").isEmpty)
        for name in all {
            #expect(await refusal { try await later.service.consents(of: name) }?.name == "identity.unknownPseudonym")
            let rows = try await deployment.rows()
            #expect(!rows.contains { $0.key.row == name.bytes || Data($0.value).range(of: Data(name.bytes)) != nil })
        }
    }

    @Test("a name that is asked for while the erasure begins is not left behind")
    func overtaken() async throws {
        let (deployment, process, host) = try await person()
        deployment.isForgotten.withLock { $0 = false }
        deployment.identity.beforeNextCommit { _ = try? await process.service.erase(host) }
        #expect(await refusal { try await process.service.pseudonym(of: host, for: "support") }?.name == "identity.erasing")
        deployment.isForgotten.withLock { $0 = true }
        try await process.service.erase(host)
        #expect(try await names(deployment).isEmpty)
    }

    // MARK: Formats

    @Test("the mark of an erasure has its version, how many names, and the names")
    func erasureMark() async throws {
        let (deployment, process, host) = try await person()
        let support = try await process.service.pseudonym(of: host, for: "support")
        let chat = try await process.service.pseudonym(of: host, for: "chat")
        let subject = try await enrolment(process, host).subject
        deployment.isForgotten.withLock { $0 = false }
        #expect(await refusal { try await process.service.erase(support) }?.name == "vault.erasurePending")
        let rows = try await deployment.identity.rows("erasing")
        #expect(rows.map(\.key.row) == [subject.bytes])
        #expect(rows[0].key.partition == PartitionCount.standard.partition(of: subject.bytes))
        // Behind the value is the row's authenticator, 32 bytes.
        #expect(rows[0].value.dropLast(32) == [1, 3] + host.bytes + support.bytes + chat.bytes)
    }

    @Test("a person's row without the host, with one consumer twice or with too many is refused")
    func hostileRow() async throws {
        let (_, process, host) = try await person()
        let enrolment = try await enrolment(process, host)
        func reads(_ consumers: [Consumer]) -> Bool {
            var changed = enrolment
            changed.consumers = consumers
            let record = StoredRecord(
                key: Enrolment.key(enrolment.subject, .standard), version: RecordVersion(random: SystemRandomSource()),
                value: changed.encoded, expiresAt: nil)
            return (try? Enrolment(record)) == changed
        }
        #expect(reads([.host]) && reads([.host, "support"]))
        #expect(try reads([.host] + (1..<64).map(Self.consumer)))
        #expect(!reads([]) && !reads(["support"]) && !reads(["support", .host]) && !reads([.host, "support", "support"]))
        #expect(try !reads([.host] + (1..<65).map(Self.consumer)))
    }
}
