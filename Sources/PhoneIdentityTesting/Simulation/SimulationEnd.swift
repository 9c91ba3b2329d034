import AuditLog
import IdentityTypes
import OTPEngine
import PhoneIdentity
import RecordStorage
import SealedStore

/// The quiet end of a run: nothing fails any more, what was interrupted is finished, and then everything must be whole.
struct SimulationEnd: Sendable {
    let deployment: SimulatedDeployment
    let people: [SimulatedPerson]

    private var scheduler: SimulationScheduler { deployment.scheduler }
    private var watch: PromiseWatch { deployment.watch }

    func settle() async {
        deployment.rates.current = .none
        deployment.identity.comeBack()
        deployment.keys.comeBack()
        for host in deployment.hosts { host.crash() }
        // In all longer than any commit is late, any challenge lives, and any deposit waits to be looked at. In steps, so that the sweeper,
        // which works every minute, meets what is still on its way.
        for minutes in [20, 20, 4, 4, 4, 4, 4, 4, 20, 20, 20, 20, 20] {
            await deployment.world.pause(.seconds(65))
            scheduler.leap(.seconds(minutes * 60))
        }
        await deployment.world.pause(.seconds(65))
        await sweep()
        await checkLog()
        await checkRows()
        await checkRecords()
        // A day later nobody is shut out, whatever strangers did.
        scheduler.leap(.seconds(27 * 3_600))
        await deployment.world.pause(.seconds(90))
        for person in people { await person.entersAtLast() }
    }

    private func sweep() async {
        for _ in 0..<20 {
            let answer = await people[0].insist("sweep", times: 12) { service throws(IdentityError) in try await service.sweep() }
            switch answer {
            case nil: return watch.breaks("a sweep gets no answer although nothing fails")
            case .failure(let error): return watch.breaks("a sweep fails although nothing else does: \(error.code.rawValue)")
            case .success(0): return
            case .success: continue
            }
        }
        watch.breaks("a sweep never comes to its end")
    }

    // MARK: The log

    /// The log holds each recorded event once, verifies, and extends every checkpoint that was ever published.
    private func checkLog() async {
        let answer = await people[0].insist("checkpoint", times: 12) { service throws(IdentityError) in try await service.checkpointed() }
        if case .success? = answer {} else { return watch.breaks("what was recorded does not come into the log") }
        let leaves: [AuditLeaf]
        do {
            let key = try deployment.logKey
            let size = try await LogVerifier(deployment.log.source, key: key).verify().head.size
            leaves = try entries(size)
            try checkCheckpoints(leaves, key)
        } catch {
            return watch.breaks("the log does not verify: \(error)")
        }
        for (_, bytes) in deployment.log.files { watch.saw(file: bytes) }
        let recorded = watch.state.withLock { $0.recorded }
        if Set(leaves.map(\.id)).count != leaves.count { watch.breaks("an event is in the log twice") }
        if Set(leaves.map(\.id)) != recorded { watch.breaks("the log has other events than were recorded") }
        let claims = watch.state.withLock { $0.claims.values.reduce(0) { $0 + $1.count } }
        let enrolled = leaves.filter { $0.action == .enrolled }.count
        let (erasures, erased) = watch.state.withLock { ($0.erasures, $0.recordedActions[.erased, default: 0]) }
        if erasures != erased { watch.breaks("\(erasures) people were erased, and \(erased) erasures were recorded") }
        if claims != enrolled { watch.breaks("\(claims) people were enrolled, and the log counts \(enrolled)") }
    }

    private func entries(_ size: UInt64) throws -> [AuditLeaf] {
        var leaves: [AuditLeaf] = []
        for start in stride(from: 0, to: size, by: 256) {
            var bundle = (deployment.log.files[TilePath.entries(start / 256, width: Int(min(256, size - start))).text] ?? [])[...]
            while bundle.count > 2 {
                let length = Int(bundle[bundle.startIndex]) << 8 | Int(bundle[bundle.startIndex + 1])
                leaves.append(try AuditLeaf(bytes: Array(bundle.dropFirst(2).prefix(length))))
                bundle = bundle.dropFirst(2 + length)
            }
        }
        return leaves
    }

    private func checkCheckpoints(_ leaves: [AuditLeaf], _ key: LogKey) throws {
        var frontier = MerkleFrontier()
        var heads = [frontier.head]
        for leaf in leaves {
            frontier.append(MerkleHash.leaf(leaf.bytes))
            heads.append(frontier.head)
        }
        for note in deployment.log.checkpoints {
            let head = try Checkpoint(verifying: note, by: key).head
            if head.size >= heads.count || heads[Int(head.size)] != head {
                watch.breaks("a checkpoint was published that the log does not extend")
            }
        }
    }

    // MARK: The rows

    /// What is in the stores is what the commits left there, and every row belongs to somebody who is there.
    private func checkRows() async {
        let (rows, keyRows, ever, everKeys) = watch.state.withLock { ($0.rows, $0.keyRows, $0.everSeen, $0.everSeenKeys) }
        await compare(rows, ever, deployment.identity)
        await compare(keyRows, everKeys, deployment.keys)
        func all(_ collection: RecordCollection, in rows: [RecordKey: StoredRecord]) -> [StoredRecord] {
            rows.values.filter { $0.key.collection == collection }
        }
        let subjects = Set(all("enrolment", in: rows).map(\.key.row))
        let claims = all("claim", in: rows).compactMap { (try? Claim($0))?.subject.bytes }
        if Set(claims) != subjects || claims.count != subjects.count { watch.breaks("accounts and claimed numbers do not correspond") }
        let sealed = all("vault", in: rows).filter { $0.value.first == 1 }
        if sealed.count != subjects.count { watch.breaks("\(subjects.count) accounts have \(sealed.count) sealed numbers") }
        // Where keys were deleted a mark may stand, which keeps late deposits out.
        if Set(all("keys", in: keyRows).filter({ $0.value.first == 1 }).map(\.key.row)) != subjects {
            watch.breaks("the key service has other keys than there are accounts")
        }
        let named = all("pseudonym", in: rows).map { Array($0.value[1..<17]) }
        if !Set(named).isSubset(of: subjects) { watch.breaks("a pseudonym leads to nobody") }
        if Set(named).count != subjects.count { watch.breaks("an account has no pseudonym") }
        if !all("erasing", in: rows).isEmpty { watch.breaks("an erasure does not come to its end") }
        if !all("outbox", in: rows).isEmpty { watch.breaks("an event waits although the log is up to date") }
        if !all("pending", in: keyRows).isEmpty { watch.breaks("a deposit of keys is never settled") }
        for key in rows.keys where !subjects.contains(key.row) && !subjects.contains(Array(key.row.prefix(16))) {
            if key.collection == "consent" || key.collection == "history" {
                watch.breaks("an erased person left a row in \(key.collection.rawValue)")
            }
        }
    }

    private func compare(_ rows: [RecordKey: StoredRecord], _ ever: Set<RecordKey>, _ store: SimulatedStore) async {
        let keys = ever.sorted()
        for start in stride(from: 0, to: keys.count, by: 500) {
            let asked = Array(keys[start..<min(start + 500, keys.count)])
            guard let found = try? await store.truth(at: asked) else { return watch.breaks("the store cannot be read at the end") }
            if zip(asked, found).contains(where: { rows[$0]?.version != $1?.version }) {
                return watch.breaks("the store lost, or brought back, what was committed")
            }
        }
    }

    /// Every record opens, with both its keys, to the number that its owner proved.
    private func checkRecords() async {
        for person in people {
            do {
                let number = try await deployment.opened(person.tags.uniqueness)
                if let number, number != person.number { watch.breaks("a record holds another number than its owner's") }
            } catch {
                watch.breaks("a record cannot be opened any more: \(error)")
            }
        }
    }
}

extension SimulatedPerson {
    /// Whoever has the phone gets in, now that nothing fails.
    func entersAtLast() async {
        for round in 0..<3 {
            guard let verdict = try? await prove(.signUp, isCareful: true) else {
                await pause(130_000...140_000)
                continue
            }
            switch verdict {
            case .enrolled, .alreadyEnrolled: return
            default: return breaks("a sign-up ended as none in round \(round)")
            }
        }
        breaks("an owner with the phone in hand is shut out")
    }
}
