import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import AuditLog
@testable import SealedStore

/// The key service remembers the log: whoever has the log's key shows it no second one.
@Suite struct LogHeadTests {
    /// A request that two levels approved and the key service has heard of.
    struct Ready: Sendable {
        let custody: TestCustody
        let person: RevealSubject
        let prepared: Prepared
        let file: RevealFile
        let approvals: [Approval]

        final class Prepared: Sendable {
            let reveal: PreparedReveal
            init(_ reveal: consuming PreparedReveal) { self.reveal = reveal }
        }

        init(_ custody: TestCustody) async throws {
            self.custody = custody
            (person, _) = try await custody.enrol(custody.newNumber())
            prepared = Prepared(try await custody.desk().prepare(custody.attestation(person), role: .standard))
            file = try custody.file(prepared.reveal.draft)
            approvals = try custody.approvals(file)
            try await custody.service.submit(file, approvals)
        }

        var set: ApprovalSet { get throws { try ApprovalSet(approvals, of: file.request, try custody.verifiedRoster()) } }

        func open(_ desk: RevealDesk) async throws -> VaultError.Code? {
            try await refusal { _ = try await desk.open(file, approvals, with: prepared.reveal.key, of: person) }
        }

        /// The entry that an opener records, staged in a commit.
        func entry(in commit: inout StagedCommit) throws -> ProvableEntry {
            let event = AuditEvent(
                .revealApproved, purpose: file.request.purpose, at: custody.clock.now(), subject: person.audit,
                details: [
                    .init("request", Hexadecimal.encode(file.request.digest)), .init("approvals", Hexadecimal.encode(try set.digest)),
                ], approvalTier: file.request.role.approvalTier, random: custody.random)
            return custody.outbox.recordProvably(event, in: &commit)
        }

        /// In the log that everybody sees.
        func evidence(from knownSize: UInt64) async throws -> LogEvidence {
            var commit = StagedCommit(random: custody.random)
            let entry = try entry(in: &commit)
            try await commit.commit(to: custody.rows)
            return try #require(try await SequencingLog(custody: custody).evidence(for: entry, from: knownSize))
        }

        /// In another log under the same key, which has `before` other entries before it and `after` behind it.
        func forkedEvidence(from knownSize: UInt64, before: Int, after: Int = 0) async throws -> LogEvidence {
            var dropped = StagedCommit(random: custody.random)
            let entry = try entry(in: &dropped)
            let strange = (0..<before + after).map { _ in custody.random.bytes(59) }
            let tiles = try await SecondLog.tiles(strange.prefix(before) + [entry.entry.leaf] + strange.dropFirst(before), of: custody)
            return try #require(
                try await EvidenceSource(tiles, key: custody.signer.key).evidence(for: entry, from: knownSize))
        }

        func release(_ evidence: LogEvidence, by service: LocalKeyService? = nil) async throws -> VaultError? {
            do {
                _ = try await (service ?? custody.service).releaseShredKey(
                    for: RevealOpening(file, approvals, evidence: evidence, opener: custody.person("otto")))
                return nil
            } catch {
                return error
            }
        }
    }

    private final class Waiting: Sendable {
        let all: Mutex<[Ready]>
        init(_ all: [Ready]) { self.all = Mutex(all) }
    }

    private func published(_ custody: TestCustody) async throws -> SeenLogHead {
        let note = try #require(try await custody.tiles.contents(of: TilePath.checkpoint))
        let head = try Checkpoint(verifying: note, by: custody.signer.key).head
        return SeenLogHead(size: head.size, root: head.root)
    }

    // MARK: What is remembered

    @Test func `What is shown first is taken, what comes later must go on from it, and a restart forgets nothing`() async throws {
        let custody = try TestCustody()
        #expect(try await custody.service.logHead() == nil)
        for _ in 0..<5 {
            #expect(try await Ready(custody).open(custody.desk()) == nil)
            let known = try #require(try await custody.service.logHead())
            // The entry "revealed" came after what the key service was shown.
            try await custody.sequence()
            #expect(try await published(custody).size > known.size)
        }
        let known = try #require(try await custody.service.logHead())
        let restarted = LocalKeyService(
            store: custody.keyDatabase, keyring: custody.keyrings.keyService, partitions: TestCustody.partitions, log: custody.signer.key,
            time: custody.clock, random: custody.random, forgetOldPages: { true })
        #expect(try await restarted.logHead() == known)
        let next = try await Ready(custody)
        #expect(try await next.open(custody.desk(keyService: restarted)) == nil)
        #expect(try await custody.service.logHead()!.size > known.size)
    }

    @Test func `What is refused moves nothing, and what comes out moves it in the same commit`() async throws {
        let custody = try TestCustody(budget: .init(revealsPerDay: 0))
        let ready = try await Ready(custody)
        #expect(try await ready.release(try await ready.evidence(from: 0))?.code == .releaseBudget)
        #expect(try await custody.service.logHead() == nil)

        // Neither key nor head where the commit fails; both where it landed and the answer was lost.
        for (fault, moves) in [(CommitFault.unavailable, false), (.unknownButLanded, true)] {
            let custody = try TestCustody()
            let ready = try await Ready(custody)
            let faulty = LocalKeyService(
                store: FaultyRecordStore(custody.keyDatabase, script: [fault], time: custody.clock),
                keyring: custody.keyrings.keyService, partitions: TestCustody.partitions, log: custody.signer.key, time: custody.clock,
                random: custody.random, forgetOldPages: { true })
            let evidence = try await ready.evidence(from: 0)
            #expect(try await ready.release(evidence, by: faulty)?.code == (moves ? nil : .unavailable))
            #expect(try await custody.service.logHead()?.size == (moves ? evidence.size : nil))
            #expect(try await custody.service.releases(limit: 10).count == (moves ? 1 : 0))
        }
    }

    // MARK: A second log

    @Test(arguments: [0, 1, 6, 40])
    func `Who has the log's key and both levels shows the key service no second log`(_ before: Int) async throws {
        let alarms = Alarms()
        let custody = try TestCustody(observer: alarms)
        for _ in 0..<3 { #expect(try await Ready(custody).open(custody.desk()) == nil) }
        let known = try #require(try await custody.service.logHead())
        let ready = try await Ready(custody)
        let forks = [
            try await ready.forkedEvidence(from: known.size, before: before),
            // Of the very size that is known.
            try await ready.forkedEvidence(from: known.size, before: 0, after: Int(known.size) - 1),
        ]
        for fork in forks {
            #expect(custody.signer.key.entry(provenBy: fork) != nil, "it is signed, and the entry is in it")
            let error = try #require(try await ready.release(fork))
            #expect(error.code == .logForked)
            #expect(error.reason.contains(fork.size < known.size ? "restored" : "there are two"))
        }
        #expect(alarms.seen.withLock { $0 } == ["log-forked", "log-forked"])
        // Nor with a proof of other sizes, or with none.
        for from in [0, 1, known.size - 1] {
            #expect(try await ready.release(try await ready.forkedEvidence(from: from, before: before))?.code == .logHeadOutdated)
        }
        for from in [known.size + 1, .max] {
            #expect(try await ready.release(try await ready.forkedEvidence(from: from, before: before))?.code == .logForked)
        }
        // None of that spent or moved anything.
        #expect(try await custody.service.releases(limit: 10).count == 3)
        #expect(try await custody.service.logHead() == known)
        #expect(try await ready.release(try await ready.evidence(from: known.size)) == nil)
    }

    @Test func `A consistency proof that is not whole is none`() async throws {
        let custody = try TestCustody()
        for _ in 0..<4 { #expect(try await Ready(custody).open(custody.desk()) == nil) }
        let known = try #require(try await custody.service.logHead())
        let ready = try await Ready(custody)
        let genuine = try await ready.evidence(from: known.size)
        try #require(genuine.knownSize == known.size && genuine.consistency.count >= 2, "\(known.size) to \(genuine.size)")
        func changed(_ consistency: [[UInt8]], from knownSize: UInt64? = nil) -> LogEvidence {
            LogEvidence(
                leaf: genuine.leaf, opening: genuine.opening, index: genuine.index, size: genuine.size, path: genuine.path,
                checkpoint: genuine.checkpoint, knownSize: knownSize ?? genuine.knownSize, consistency: consistency)
        }
        let hashes = genuine.consistency
        let wrong = [[], Array(hashes.dropFirst()), Array(hashes.dropLast()), hashes + [hashes[0]], hashes.reversed(), genuine.path]
        for hashes in wrong { #expect(try await ready.release(changed(hashes))?.code == .logForked) }
        for bit in stride(from: 0, to: hashes.count * 256, by: 37) {
            var bent = hashes
            bent[bit / 256][bit % 256 / 8] ^= 1 << UInt8(bit % 8)
            #expect(try await ready.release(changed(bent))?.code == .logForked)
        }
        // What it says of its own beginning is not believed.
        #expect(try await ready.release(changed([], from: 0))?.code == .logHeadOutdated)
        var reader = ByteReader(genuine.bytes)
        #expect(try LogEvidence(from: &reader) == genuine)
        try reader.finish()
        #expect(try await ready.release(genuine) == nil)
    }

    @Test func `Evidence from before others moved the head is asked for anew, and the desk does so by itself`() async throws {
        let custody = try TestCustody()
        #expect(try await Ready(custody).open(custody.desk()) == nil)
        let known = try #require(try await custody.service.logHead())
        let (first, second) = (try await Ready(custody), try await Ready(custody))
        let early = try await first.evidence(from: known.size)
        #expect(try await second.release(try await second.evidence(from: known.size)) == nil)
        #expect(try await first.release(early)?.code == .logHeadOutdated)
        #expect(try await first.release(try await first.evidence(from: try await custody.service.logHead()!.size)) == nil)
        // Of two who were shown one checkpoint, each gets its key.
        let pair = (try await Ready(custody), try await Ready(custody))
        let size = try await custody.service.logHead()!.size
        var commit = StagedCommit(random: custody.random)
        let entries = (try pair.0.entry(in: &commit), try pair.1.entry(in: &commit))
        try await commit.commit(to: custody.rows)
        let log = SequencingLog(custody: custody)
        let evidence = (
            try #require(try await log.evidence(for: entries.0, from: size)),
            try #require(try await log.evidence(for: entries.1, from: size))
        )
        #expect(evidence.0.checkpoint == evidence.1.checkpoint)
        #expect(try await pair.0.release(evidence.0) == nil)
        #expect(try await pair.1.release(evidence.1) == nil)

        // Somebody else's opening always comes in between, at first.
        let faster = Waiting([try await Ready(custody), try await Ready(custody)])
        let overtaken = BentKeyService(
            custody.service,
            before: {
                guard let next = faster.all.withLock({ $0.popLast() }) else { return }
                let code = try await next.open(custody.desk())
                #expect(code == nil)
            })
        #expect(try await Ready(custody).open(custody.desk(keyService: overtaken)) == nil)
        #expect(faster.all.withLock { $0.isEmpty })
        // Who always comes too late gives up, and has lost nothing.
        let ready = try await Ready(custody)
        let late = BentKeyService(custody.service, head: .success(known))
        #expect(try await ready.open(custody.desk(keyService: late)) == .logHeadOutdated)
        #expect(try await ready.open(custody.desk()) == nil)
    }

    @Test func `Many openers at once, the first ones too, all get what they were granted`() async throws {
        let custody = try TestCustody()
        var all: [Ready] = []
        for _ in 0..<8 { all.append(try await Ready(custody)) }
        let codes = await withTaskGroup(of: VaultError.Code?.self) { group in
            for ready in all {
                group.addTask {
                    do { return try await ready.open(custody.desk()) } catch { return .malformed }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0 == nil }, "\(codes)")
    }

    // MARK: Faults

    @Test func `Answers that are lost on the way lose no head`() async throws {
        let custody = try TestCustody()
        let first = try await Ready(custody)
        let lost = VaultError(.unavailable, "The answer was lost (a fault made for a test).")
        let withoutHead = BentKeyService(custody.service, head: .failure(lost))
        #expect(try await first.open(custody.desk(keyService: withoutHead)) == .unavailable)
        #expect(try await custody.service.logHead() == nil)
        let withoutKey = BentKeyService(custody.service, after: { throw lost })
        #expect(try await first.open(custody.desk(keyService: withoutKey)) == .unavailable)
        let known = try #require(try await custody.service.logHead())
        // The request is burnt, the head is there, and the next request goes on from it.
        #expect(try await first.open(custody.desk()) == .orderRefused)
        #expect(try await custody.service.logHead() == known)
        #expect(try await Ready(custody).open(custody.desk()) == nil)
        #expect(try await custody.service.logHead()!.size > known.size)
    }

    @Test func `A log restored from a backup is waited for, refused with what to do, and taken once people decided`() async throws {
        let alarms = Alarms()
        let custody = try TestCustody(observer: alarms)
        for _ in 0..<3 { #expect(try await Ready(custody).open(custody.desk()) == nil) }
        let known = try #require(try await custody.service.logHead())
        let ready = try await Ready(custody)
        let restored = RestoredLog(custody: custody)
        let desk = RevealDesk(
            store: custody.rows, partitions: TestCustody.partitions, keyring: try #require(custody.keyrings.opener),
            opener: custody.person("otto"),
            keyService: custody.service, evaluator: custody.service, recorder: custody.outbox, log: restored, time: custody.clock,
            random: custody.random)
        #expect(try await ready.open(desk) == .logForked)
        #expect(restored.asked.withLock { $0 } > 5, "an older copy may catch up")
        #expect(alarms.seen.withLock { $0 } == ["log-forked"])
        #expect(try await custody.service.forgetLogHead() == known)
        #expect(try await custody.service.forgetLogHead() == nil)
        #expect(alarms.seen.withLock { $0 } == ["log-forked", "log-head-forgotten"])
        #expect(try await ready.open(desk) == nil)
        #expect(try await custody.service.logHead()?.size == 1)
    }

    // MARK: Over the wire

    @Test func `An opener in another process asks for the head and goes on from it`() async throws {
        let custody = try TestCustody()
        let endpoint = KeyServiceEndpoint(custody.service, random: custody.random)
        let opener = RemoteKeyService(
            TappedChannel(endpoint, .opener), keys: try #require(custody.keyrings.host.keyService), random: custody.random)
        #expect(try await opener.logHead() == nil)
        for _ in 0..<3 {
            #expect(try await Ready(custody).open(custody.desk(keyService: opener)) == nil)
            #expect(try await opener.logHead() == (try await custody.service.logHead()))
        }
        #expect(await endpoint.answer([20], from: .opener).count == 42)
        #expect(await endpoint.answer([20, 0], from: .opener).first == 1)
    }
}

/// A log under the same key as the one that everybody sees.
private enum SecondLog {
    static func tiles(_ entries: some Sequence<[UInt8]>, of custody: TestCustody) async throws -> InMemoryTileStore {
        let tiles = InMemoryTileStore()
        var edge = TileEdge()
        for entry in entries { edge.append(entry) }
        for file in edge.takeFiles() { try await tiles.write(file.bytes, to: file.path.text) }
        let note = Checkpoint(origin: custody.signer.key.name, head: edge.frontier.head)
            .note(signedBy: SigningKey(seed: custody.keyrings.log.seed.duplicate()), as: custody.signer.key)
        try await tiles.write(note, to: TilePath.checkpoint)
        return tiles
    }
}

/// What is left of a log after all entries but the newest were lost; time passes while it is asked.
private final class RestoredLog: LogEvidenceSource {
    let custody: TestCustody
    let asked = Mutex(0)

    init(custody: TestCustody) { self.custody = custody }

    func evidence(for entry: ProvableEntry, from knownSize: UInt64) async throws(StorageError) -> LogEvidence? {
        asked.withLock { $0 += 1 }
        custody.clock.advance(by: .seconds(1))
        do {
            return try await EvidenceSource(try await SecondLog.tiles([entry.entry.leaf], of: custody), key: custody.signer.key)
                .evidence(for: entry, from: knownSize)
        } catch { throw StorageError(.unavailable, "The log cannot be read.") }
    }
}

/// A key service with something between it and the opener.
private struct BentKeyService: RevealKeyService {
    let service: LocalKeyService
    /// Instead of the service's.
    let head: Result<SeenLogHead?, VaultError>?
    let before: @Sendable () async throws -> Void
    let after: @Sendable () async throws -> Void

    init(
        _ service: LocalKeyService, head: Result<SeenLogHead?, VaultError>? = nil,
        before: @escaping @Sendable () async throws -> Void = {}, after: @escaping @Sendable () async throws -> Void = {}
    ) {
        (self.service, self.head, self.before, self.after) = (service, head, before, after)
    }

    func logHead() async throws(VaultError) -> SeenLogHead? {
        if let head { return try head.get() }
        return try await service.logHead()
    }

    func releaseShredKey(for opening: RevealOpening) async throws(VaultError) -> SecretBytes {
        do { try await before() } catch { throw VaultError(.unavailable, "\(error)") }
        let key = try await service.releaseShredKey(for: opening)
        do { try await after() } catch { throw VaultError(.unavailable, "\(error)") }
        return key
    }

    func submit(_ file: RevealFile, _ approvals: [Approval]) async throws(VaultError) { try await service.submit(file, approvals) }
    func addShredKey(_ deposit: borrowing ShredKeyDeposit) async throws(VaultError) { try await service.addShredKey(deposit) }
    func close(_ review: BreakGlassReview) async throws(VaultError) { try await service.close(review) }
}
