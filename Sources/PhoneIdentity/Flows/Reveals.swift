import AuditLog
import IdentityTypes
import OTPEngine
import RecordStorage
public import SealedStore

extension IdentityService {
    /// The host's part when people see a number.
    public var reveals: RevealRegistry {
        RevealRegistry(
            store: store, partitions: environment.partitions, keyring: environment.keyring, keyService: environment.keyService,
            outbox: outbox, time: environment.time, random: environment.random)
    }

    /// The desk at which records are opened to people, in the host's own process: the lesser profile. It belongs on a custodian's machine,
    /// with a keyring of its own.
    ///
    /// - Parameter keyService: as the opener reaches it.
    /// - Throws: ``IdentityError`` with code `vault.requestRefused` when the host keyring names no custodians.
    public func revealDesk(opener: PersonKeyring, keyService: any RevealKeyService) throws(IdentityError) -> RevealDesk {
        guard let keyring = OpenerKeyring(of: environment.keyring) else {
            throw IdentityError(VaultError(.requestRefused, "The host keyring names no custodians, so there is no quorum to ask."))
        }
        return RevealDesk(
            store: store, partitions: environment.partitions, keyring: keyring, opener: opener, keyService: keyService,
            evaluator: environment.tagEvaluator, recorder: outbox, log: Self.evidence(environment.log.tiles, logKey),
            time: environment.time, random: environment.random)
    }

    /// Finds whose record a request names.
    public var directory: PersonDirectory { PersonDirectory(store: store, partitions: environment.partitions) }

    private static func evidence(_ tiles: some TileSource, _ key: LogKey) -> EvidenceSource { EvidenceSource(tiles, key: key) }

    // MARK: What the key service let out

    /// Takes the key service's journal of releases into the log, each release once, a person's in the order in which they were counted.
    ///
    /// The key service keeps each until it is told that it is there. So a release that nobody here asked for shows as well.
    func importReleases() async throws(IdentityError) -> Int {
        let limit = 500
        var count = 0
        while true {
            let releases: [KeyRelease]
            do { releases = try await environment.keyService.releases(limit: limit) } catch { throw IdentityError(error) }
            let genuine = releases.filter(isGenuine)
            if genuine.count < releases.count {
                // Not taken over, and not acknowledged: it stays there for whoever is called.
                environment.observer.observe(Observation(.keyService, "release-not-signed", count: releases.count - genuine.count))
            }
            for release in genuine { try await record(release) }
            do { try await environment.keyService.acknowledge(genuine) } catch { throw IdentityError(error) }
            count += genuine.count
            if releases.count < limit || genuine.isEmpty { return count }
        }
    }

    /// Whether this deployment's key service signed it; keyrings of a key service in the same process alone may not name one.
    private func isGenuine(_ release: KeyRelease) -> Bool {
        guard let keys = environment.keyring.keyService else { return true }
        return release.isSigned(by: keys.signingKey, deployment: environment.keyring.deployment)
    }

    private func record(_ release: KeyRelease) async throws(IdentityError) {
        try await committing { (commit: inout StagedCommit) async throws(IdentityError) in
            let key = RecordKey(
                partition: environment.partitions.partition(of: release.subject.bytes), collection: Self.releaseCollection, row: release.id)
            let seen: StoredRecord?
            do throws(StorageError) { seen = try await store.record(at: key) } catch { throw IdentityError(error) }
            guard seen == nil else { return }
            commit.insert([1], at: key, expiresAt: now + Self.releaseMemory)
            let details: [AuditEvent.Detail] = [
                .init("kind", "\(release.kind)"), .init("count", Int(release.count)), .init("order", Hexadecimal.encode(release.order)),
                .init("at", release.time.description), .init("signature", Hexadecimal.encode(release.signature)),
            ]
            guard let (enrolment, record) = try await enrolment(of: release.subject) else {
                // Erased since: the count is nobody's any more, that a key came out stays.
                let event = AuditEvent(
                    .keyReleased, purpose: release.purpose, at: now, shard: release.subject.bytes, details: details,
                    random: environment.random)
                return outbox.record([event], in: &commit)
            }
            commit.check(record)
            let event = AuditEvent(
                .keyReleased, purpose: release.purpose, at: now, subject: enrolment.audit, details: details, random: environment.random)
            outbox.record([event], in: &commit)
        }
    }

    static let releaseCollection: RecordCollection = "release"
    /// How long it is remembered that a release was taken over: longer than the key service can repeat it.
    private static let releaseMemory: Duration = .seconds(30 * 86_400)

    /// Removes rows that have expired an hour ago, and are no state of anything: remembered releases, denied requests.
    func sweepExpired(in partition: Partition) async throws(IdentityError) -> Int {
        var swept = 0
        for collection in [Self.releaseCollection, RevealDesk.collection, GuardianRequestState.collection]
            + ChallengeEngine.expiringCollections + DeliveryLedger.expiringCollections
        {
            var range = RecordRange(partition: partition, collection: collection)
            while true {
                let page: [StoredRecord]
                do { page = try await store.records(in: range, limit: 500) } catch { throw IdentityError(error) }
                var commit = StagedCommit(random: environment.random)
                for record in page where record.expiresAt.map({ $0 + RecordLimits.lateness < now }) ?? false { commit.delete(record) }
                if !commit.isEmpty {
                    do {
                        try await commit.commit(to: store)
                        swept += commit.changes.count
                    } catch {
                        guard error.code == .conflict else { throw IdentityError(error) }
                    }
                }
                guard page.count == 500, let last = page.last else { break }
                range.after = last.key.row
            }
        }
        return swept
    }
}
