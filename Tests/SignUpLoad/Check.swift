#if SQLite
    import AuditLog
    import CryptoPrimitives
    import IdentityTypes
    import PhoneIdentity
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// What must be true of a deployment after a crash, whatever happened: every promise that was printed is kept, and nothing is half there.
    struct Check {
        let deployment: Deployment
        let promises: Promises
        /// How soon after its answer a sign-up has to be in a checkpoint; `nil`: nobody asked.
        let patience: Duration?

        struct Broken: Error, CustomStringConvertible {
            let description: String
        }

        private func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws {
            guard holds else { throw Broken(description: what()) }
        }

        func run() async throws {
            try expect(promises.complaints.isEmpty, "a process said: \(promises.complaints.first ?? "")")
            try await deployment.running {
                // The clock of this process is past the sweeps' patience.
                try await deployment.service.sweep()
                try await deployment.service.checkpointed()
            }
            let store = authenticated(deployment.identity.records)
            let subjects = try await subjectsWithAllTheirRows(in: store)

            let tiles = DirectoryTileStore(directory: deployment.logDirectory)
            let checkpoint = try await LogVerifier(tiles, key: deployment.service.logKey).verify()
            let leaves = try await leaves(tiles, checkpoint.head.size)
            try keepCheckpoints(leaves)
            try await keepOutcomes(subjects, leaves, in: store)

            try await refuseSecondSignUps()
            say("checked \(subjects.count) enrolments, \(promises.enrolled.count) promises, \(leaves.count) entries")
        }

        /// Rows that belong together are there together.
        private func subjectsWithAllTheirRows(in store: some RecordStore) async throws -> Set<[UInt8]> {
            let enrolments = try await rows("enrolment", in: store)
            let claims = try await rows("claim", in: store)
            let sealed = try await rows("vault", in: store).filter { $0.value.first == 1 }
            let pseudonyms = try await rows("pseudonym", in: store)
            try expect(enrolments.count == claims.count, "\(enrolments.count) enrolments, \(claims.count) claims")
            try expect(enrolments.count == sealed.count, "\(enrolments.count) enrolments, \(sealed.count) sealed records")
            try expect(enrolments.count == pseudonyms.count, "\(enrolments.count) enrolments, \(pseudonyms.count) pseudonyms")
            // One account for a number: each claim names another subject, and that subject is enrolled under this tag.
            let subjects = Set(claims.map { Array($0.value[1..<17]) })
            try expect(subjects == Set(enrolments.map(\.key.row)), "claims and enrolments name different subjects")
            try expect(subjects.count == enrolments.count, "two numbers share an account")

            // The rows of a key service elsewhere are not to be seen from here.
            if let shred = deployment.shred {
                // A row that expires is the mark of keys that were taken back.
                let keys = try await rows("keys", in: shred.records).filter { $0.expiresAt == nil }
                let pending = try await rows("pending", in: shred.records)
                try expect(Set(keys.map(\.key.row)) == subjects, "\(keys.count) subjects have keys, \(subjects.count) are enrolled")
                try expect(pending.isEmpty, "\(pending.count) deposits are still unconfirmed after the sweep")
            }
            try expect(try await rows("outbox", in: store).isEmpty, "entries are left in the outbox")
            return subjects
        }

        /// Every checkpoint that anybody saw is one of this tree when it was smaller.
        private func keepCheckpoints(_ leaves: [AuditLeaf]) throws {
            let seen = Dictionary(grouping: promises.checkpoints.map(\.head), by: \.size)
            var tree = MerkleFrontier()
            for size in 0...leaves.count {
                if size > 0 { tree.append(MerkleHash.leaf(leaves[size - 1].bytes)) }
                for head in seen[UInt64(size)] ?? [] {
                    try expect(head.root == tree.root, "the checkpoint of \(size) entries that was seen is not of this log")
                }
            }
            let largest = promises.checkpoints.map(\.head.size).max() ?? 0
            try expect(largest <= leaves.count, "a checkpoint of \(largest) entries was seen, the log has \(leaves.count)")
        }

        /// Every sign-up that was answered is there under its pseudonym, and every outcome is in the log and in its person's history.
        private func keepOutcomes(_ subjects: Set<[UInt8]>, _ leaves: [AuditLeaf], in store: some RecordStore) async throws {
            let places = Dictionary(uniqueKeysWithValues: leaves.enumerated().map { ($1.id, $0) })
            try expect(
                leaves.count { $0.action == .enrolled } == subjects.count,
                "\(subjects.count) enrolments, \(leaves.count { $0.action == .enrolled }) entries in the log")
            try expect(
                leaves.count { $0.action == .alreadyEnrolled } >= promises.already.count,
                "\(promises.already.count) were told they have an account, \(leaves.count { $0.action == .alreadyEnrolled }) entries in the log"
            )

            let histories = try await histories(in: store)
            for subject in subjects {
                let enrolled = (histories[subject] ?? []).filter { $0.action == .enrolled }
                try expect(enrolled.count == 1 && places[enrolled[0].id] != nil, "an account's history has not one enrolment of the log")
            }
            let pseudonyms = PseudonymIndex(store: store, partitions: .standard, keyring: deployment.keyring)
            var longest = Duration.zero
            for promise in promises.enrolled {
                guard let pseudonym = promise.pseudonym, let subject = try await pseudonyms.subject(of: pseudonym) else {
                    throw Broken(description: "the promised enrolment \(promise.index) is lost")
                }
                do { _ = try await deployment.service.consents(of: pseudonym) } catch {
                    throw Broken(description: "the promised enrolment \(promise.index) is lost: \(error.code.rawValue)")
                }
                let history = histories[subject.bytes] ?? []
                let told = promises.already.count { $0.index == promise.index }
                try expect(
                    history.count { $0.action == .alreadyEnrolled && places[$0.id] != nil } >= told,
                    "number \(promise.index) was told \(told) times that it has an account, which its history does not say")
                guard patience != nil, let place = history.first(where: { $0.action == .enrolled }).flatMap({ places[$0.id] }) else {
                    continue
                }
                guard let seen = promises.checkpoints.filter({ $0.head.size > place }).map(\.time).min() else {
                    throw Broken(description: "number \(promise.index) was in no checkpoint that was seen")
                }
                longest = max(longest, seen - promise.time)
            }
            for (index, outcomes) in Dictionary(grouping: promises.enrolled + promises.already, by: \.index) {
                try expect(Set(outcomes.compactMap(\.pseudonym)).count <= 1, "number \(index) was given two pseudonyms")
            }
            if let patience {
                say("longest \(longest)")
                try expect(!promises.enrolled.isEmpty, "nobody signed up")
                try expect(longest <= patience, "a sign-up was in no checkpoint for \(longest)")
            }
        }

        /// Promised numbers, twenty over the whole run, cannot sign up again.
        private func refuseSecondSignUps() async throws {
            let step = max(1, promises.enrolled.count / 20)
            let samples = Set(stride(from: promises.enrolled.count - 1, through: 0, by: -step).map { promises.enrolled[$0].index })
            try await deployment.running {
                let workload = Workload(deployment: deployment)
                for index in samples.sorted() {
                    guard case .alreadyEnrolled = try await workload.signUp(index) else {
                        throw Broken(description: "number \(index) signed up twice")
                    }
                }
            }
        }

        private func authenticated(_ store: some RecordStore) -> any RecordStore { deployment.keyring.authenticated(store) }

        /// The public part of every entry, by the subject it is about.
        private func histories(in store: some RecordStore) async throws -> [[UInt8]: [AuditLeaf]] {
            var histories: [[UInt8]: [AuditLeaf]] = [:]
            for row in try await rows("history", in: store) {
                var reader = ByteReader(row.value)
                guard try reader.u8() == 1 else { throw Broken(description: "a history has an unknown format") }
                for _ in 0..<(try reader.u32()) {
                    histories[Array(row.key.row.prefix(16)), default: []].append(try AuditLeaf(bytes: reader.fixed(AuditLeaf.length)))
                    _ = try reader.prefixed()
                }
            }
            return histories
        }

        private func leaves(_ tiles: DirectoryTileStore, _ size: UInt64) async throws -> [AuditLeaf] {
            var leaves: [AuditLeaf] = []
            for index in 0..<(size + 255) / 256 {
                let width = Int(min(256, size - index * 256))
                guard var reader = try await tiles.contents(of: TilePath.entries(index, width: width).text).map(ByteReader.init) else {
                    throw Broken(description: "an entry bundle is missing")
                }
                for _ in 0..<width { leaves.append(try AuditLeaf(bytes: try reader.fixed(Int(try reader.u16())))) }
            }
            return leaves
        }

        private func rows(_ collection: RecordCollection, in store: some RecordStore) async throws -> [StoredRecord] {
            var rows: [StoredRecord] = []
            for partition in PartitionCount.standard.all {
                var range = RecordRange(partition: partition, collection: collection)
                while true {
                    let page = try await store.records(in: range, limit: 500)
                    rows += page
                    guard let last = page.last, page.count == 500 else { break }
                    range.after = last.key.row
                }
            }
            return rows
        }
    }
#endif
