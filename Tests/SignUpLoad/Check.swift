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
        /// Lines that the crashed processes printed.
        let promises: [String]

        struct Broken: Error, CustomStringConvertible {
            let description: String
        }

        private func expect(_ holds: Bool, _ what: String) throws {
            guard holds else { throw Broken(description: what) }
        }

        func run() async throws {
            try await deployment.running {
                // The clock of this process is past the sweeps' patience.
                try await deployment.service.sweep()
                try await deployment.service.checkpointed()
            }
            let store = deployment.keyring.authenticated(deployment.identityStore)
            let enrolments = try await rows("enrolment", in: store)
            let claims = try await rows("claim", in: store)
            let vault = try await rows("vault", in: store)
            let pseudonyms = try await rows("pseudonym", in: store)
            let sealed = vault.filter { $0.value.first == 1 }
            try expect(enrolments.count == claims.count, "\(enrolments.count) enrolments, \(claims.count) claims")
            try expect(enrolments.count == sealed.count, "\(enrolments.count) enrolments, \(sealed.count) sealed records")
            try expect(enrolments.count == pseudonyms.count, "\(enrolments.count) enrolments, \(pseudonyms.count) pseudonyms")
            // One account for a number: each claim names another subject, and that subject is enrolled under this tag.
            let subjects = Set(claims.map { Array($0.value[1..<17]) })
            try expect(subjects == Set(enrolments.map(\.key.row)), "claims and enrolments name different subjects")

            let keys = try await rows("keys", in: deployment.shredStore)
            let pending = try await rows("pending", in: deployment.shredStore)
            try expect(Set(keys.map(\.key.row)) == subjects, "\(keys.count) subjects have keys, \(subjects.count) are enrolled")
            try expect(pending.isEmpty, "\(pending.count) deposits are still unconfirmed after the sweep")

            let tiles = DirectoryTileStore(directory: deployment.logDirectory)
            let checkpoint = try await LogVerifier(tiles, key: deployment.service.logKey).verify()
            let enrolled = try await leaves(tiles, checkpoint.head.size).count { $0.action == .enrolled }
            try expect(enrolled == enrolments.count, "\(enrolments.count) enrolments, \(enrolled) entries in the log")
            try expect(try await rows("outbox", in: store).isEmpty, "entries are left in the outbox")

            try await keepPromises()
            say("checked \(enrolments.count) enrolments, \(promises.count) promises, \(checkpoint.head.size) entries")
        }

        /// Every sign-up that was answered is there, under its pseudonym, and its number cannot sign up again.
        private func keepPromises() async throws {
            for promise in promises {
                let words = promise.split(separator: " ")
                guard words.count == 3, words[0] == "enrolled", let pseudonym = Pseudonym(rawValue: String(words[2])) else { continue }
                do { _ = try await deployment.service.consents(of: pseudonym) } catch {
                    throw Broken(description: "the promised enrolment \(words[1]) is lost: \(error.code.rawValue)")
                }
            }
            let samples = promises.compactMap { $0.hasPrefix("enrolled ") ? Int($0.split(separator: " ")[1]) : nil }.suffix(3)
            try await deployment.running {
                for index in samples {
                    let verdict = try await Workload(deployment: deployment).prove(.signUp, Deployment.number(index))
                    guard case .alreadyEnrolled = verdict else { throw Broken(description: "number \(index) signed up twice") }
                }
            }
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
