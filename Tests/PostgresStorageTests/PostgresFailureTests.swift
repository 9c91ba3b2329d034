import Foundation
import PostgresStorage
import RecordStorage
import Testing

extension PostgresStoreTests {
    @Test(arguments: forms)
    func `When the backend of a commit is killed, its outcome is unknown, and the store goes on`(
        _ form: PostgresSettings.CommitForm
    ) async throws {
        let settings = PostgresServer.settings(form)
        let store = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await store.commit(pair.claims)
        let holder = try await LockHolder.lockingAll(of: settings)
        async let failure = code { () throws(StorageError) in try await store.commit(pair.updates) }
        try await PostgresServer.awaitBlocked(of: settings)
        try await PostgresServer.terminate(settings)
        #expect(await failure == .outcomeUnknown)
        await holder.release()

        #expect(try await Pair.hold(pair.claims, in: store) == [true, true])
        try await store.commit(pair.updates)
        #expect(try await Pair.hold(pair.updates, in: store) == [true, true])
        await store.close()
    }

    @Test func `When the backend is killed before COMMIT was sent, it is said that nothing was written`() async throws {
        let settings = PostgresServer.settings(.pipelined)
        let store = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await store.commit(pair.claims)
        let holder = try await LockHolder.lockingAll(of: settings)
        // The server waits at the first change and takes no more than fits between us.
        let value = [UInt8](repeating: 7, count: RecordLimits.value)
        let changes = [pair.updates[0]] + (0..<40).map { .claim(.test([$0], partition: 8), value) }
        async let failure = code { () throws(StorageError) in try await store.commit(changes) }
        try await PostgresServer.awaitBlocked(of: settings)
        try await PostgresServer.terminate(settings)
        #expect(await failure == .unavailable)
        await holder.release()
        #expect(try await store.records(at: changes.map(\.key)).compactMap { $0 }.map(\.version) == [pair.claims[0].newVersion])
        try await store.commit(changes)
        await store.close()
    }

    @Test(arguments: forms)
    func `A connection that died while idle fails nobody`(_ form: PostgresSettings.CommitForm) async throws {
        let settings = PostgresServer.settings(form)
        let store = try await PostgresRecordStore(settings)
        for row in UInt8(0)..<10 {
            try await store.commit(Pair(row).claims)
            try await PostgresServer.terminate(settings)
        }
        #expect(try await store.records(at: [.test([9, 0])])[0] != nil)
        await store.close()
    }

    @Test func `A read whose connection dies is read again`() async throws {
        let settings = PostgresServer.settings(connections: 1)
        let store = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await store.commit(pair.claims)
        try await PostgresServer.run("BEGIN; LOCK TABLE \"\(settings.schema)\".record; COMMIT")
        let reads = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<2_000 {
                    _ = try await store.records(at: pair.claims.map(\.key))
                    reads.add()
                }
            }
            group.addTask { for _ in 0..<5 { try await PostgresServer.terminate(settings) } }
            try await group.waitForAll()
        }
        #expect(reads.count == 2_000)
        await store.close()
    }

    @Test(arguments: forms, ["immediate", "fast"])
    func `A server that restarts under load loses nothing that was acknowledged and gets nothing that was refused`(
        _ form: PostgresSettings.CommitForm, _ mode: String
    ) async throws {
        let store = try await PostgresRecordStore(PostgresServer.settings(form))
        let restarts = Counter()
        typealias Attempt = (changes: [RecordChange], failure: StorageError.Code?)
        let attempts: [Attempt] = try await withThrowingTaskGroup(of: [Attempt].self) { group in
            for task in UInt8(0)..<8 {
                group.addTask {
                    var attempts: [Attempt] = []
                    var (round, afterwards) = (UInt32(0), 0)
                    while afterwards < 20, !Task.isCancelled {
                        if restarts.count == 2 { afterwards += 1 }
                        round += 1
                        let row = [task, UInt8(round >> 16 & 255), UInt8(round >> 8 & 255), UInt8(round & 255)]
                        let changes: [RecordChange] = [.claim(.test(row, partition: 1)), .claim(.test(row, partition: 2))]
                        attempts.append((changes, await code { () throws(StorageError) in try await store.commit(changes) }))
                    }
                    #expect(attempts.last?.failure == nil, "the store did not come back")
                    return attempts
                }
            }
            group.addTask {
                for _ in 0..<2 {
                    try await Task.sleep(for: .milliseconds(200))
                    try await PostgresServer.restart(mode)
                    restarts.add()
                }
                return []
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var codes: [StorageError.Code: Int] = [:]
        for (changes, failure) in attempts {
            let found = try await Pair.hold(changes, in: store)
            if let failure { codes[failure, default: 0] += 1 }
            switch failure {
            case nil: #expect(found == [true, true], "an acknowledged commit is lost")
            case .outcomeUnknown: #expect(found[0] == found[1], "half of a commit is there")
            default: #expect(found == [false, false], "a commit that was refused is there")
            }
        }
        // The store rides a restart out: what had not begun waits for the server.
        #expect(codes.keys.allSatisfy { $0 == .outcomeUnknown || $0 == .unavailable })
        // There was load: eight tasks, each with its twenty afterwards and some before.
        #expect(attempts.count { $0.failure == nil } > 200)
        await store.close()
    }

    @Test func `A server that stops waiting for its standby has made the commit, and does not say so`() async throws {
        let settings = PostgresServer.settings(connections: 1)
        let store = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await PostgresServer.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
        try await Task.sleep(for: .milliseconds(200))
        async let failure = code { () throws(StorageError) in try await store.commit(pair.claims) }
        var problem: (any Error)?
        do {
            try await PostgresServer.awaitSessions(1, of: settings, where: "wait_event = 'SyncRep'")
            try await PostgresServer.run(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = '\(settings.schema)'")
        } catch {
            problem = error
        }
        // However that ended: no other test shall wait for nobody.
        try await PostgresServer.run("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
        if let problem { throw problem }
        #expect(await failure == .outcomeUnknown)
        #expect(try await Pair.hold(pair.claims, in: store) == [true, true])
        await store.close()
    }

    @Test(arguments: forms)
    func `A commit that waits too long for another is ended, and nothing of it is written`(
        _ form: PostgresSettings.CommitForm
    ) async throws {
        var settings = PostgresServer.settings(form)
        settings.statementTimeout = .milliseconds(300)
        let store = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await store.commit(pair.claims)
        let holder = try await LockHolder.lockingAll(of: settings)
        #expect(await code { () throws(StorageError) in try await store.commit(pair.updates) } == .unavailable)
        await holder.release()
        #expect(try await Pair.hold(pair.claims, in: store) == [true, true])
        try await store.commit(pair.updates)
        await store.close()
    }

    @Test func `A server that falls silent in the middle of a commit is given up, and the outcome is unknown`() async throws {
        var settings = PostgresServer.settings(connections: 1)
        settings.statementTimeout = .milliseconds(100)
        let store = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await store.commit(pair.claims)
        let backend = try await PostgresServer.run("SELECT pid FROM pg_stat_activity WHERE application_name = '\(settings.schema)'")
        let process = try #require(pid_t(backend))
        try #require(kill(process, SIGSTOP) == 0)
        #expect(await code { () throws(StorageError) in try await store.commit(pair.updates) } == .outcomeUnknown)
        try #require(kill(process, SIGCONT) == 0)
        let other = Pair(2)
        try await store.commit(other.claims)
        #expect(try await Pair.hold(other.claims, in: store) == [true, true])
        await store.close()
    }

    @Test func `What nobody closes ends with its last use`() async throws {
        let settings = PostgresServer.settings()
        var store: PostgresRecordStore? = try await PostgresRecordStore(settings)
        try await store?.commit(Pair().claims)
        try await PostgresServer.awaitSessions(1, of: settings, where: "true")
        store = nil
        try await PostgresServer.awaitSessions(0, of: settings, where: "true")
    }

    @Test func `A commit cancelled while it waits for a connection was not begun; one under way tells its outcome`() async throws {
        let settings = PostgresServer.settings(connections: 1)
        let store = try await PostgresRecordStore(settings)
        let (pair, other) = (Pair(1), Pair(2))
        try await store.commit(pair.claims)
        let holder = try await LockHolder.lockingAll(of: settings)
        let codes = try await withThrowingTaskGroup(of: (String, StorageError.Code?).self) { group in
            group.addTask { ("begun", await code { () throws(StorageError) in try await store.commit(pair.updates) }) }
            try await PostgresServer.awaitBlocked(of: settings)
            group.addTask { ("waiting", await code { () throws(StorageError) in try await store.commit(other.claims) }) }
            try await Task.sleep(for: .milliseconds(50))
            group.cancelAll()
            // The one that waits answers while the connection is still taken.
            let first = try #require(try await group.next())
            await holder.release()
            return [first, try #require(try await group.next())]
        }
        #expect(codes.map(\.0) == ["waiting", "begun"])
        #expect(codes.map(\.1) == [.cancelled, nil])
        #expect(try await Pair.hold(pair.updates, in: store) == [true, true])
        #expect(try await Pair.hold(other.claims, in: store) == [false, false])
        await store.close()
    }

    @Test func `What waited behind a busy connection for longer than the store's patience is refused, and not made later`() async throws {
        var settings = PostgresServer.settings(connections: 1)
        settings.patience = .milliseconds(300)
        let store = try await PostgresRecordStore(settings)
        let (pair, other) = (Pair(1), Pair(2))
        try await store.commit(pair.claims)
        let holder = try await LockHolder.lockingAll(of: settings)
        async let begun = code { () throws(StorageError) in try await store.commit(pair.updates) }
        try await PostgresServer.awaitBlocked(of: settings)
        async let waiting = code { () throws(StorageError) in try await store.commit(other.claims) }
        try await Task.sleep(for: .milliseconds(600))
        await holder.release()
        #expect(await begun == nil)
        #expect(await waiting == .unavailable)
        #expect(try await Pair.hold(other.claims, in: store) == [false, false])
        await store.close()
    }

    @Test func `Closing refuses what waits, lets what has begun end, and leaves no session behind`() async throws {
        let settings = PostgresServer.settings(connections: 1)
        let store = try await PostgresRecordStore(settings)
        let (pair, other) = (Pair(1), Pair(2))
        try await store.commit(pair.claims)
        let holder = try await LockHolder.lockingAll(of: settings)
        async let begun = code { () throws(StorageError) in try await store.commit(pair.updates) }
        try await PostgresServer.awaitBlocked(of: settings)
        async let waiting = code { () throws(StorageError) in try await store.commit(other.claims) }
        try await Task.sleep(for: .milliseconds(50))
        async let closed: Void = store.close()
        #expect(await waiting == .unavailable)
        await holder.release()
        #expect(await begun == nil)
        await closed
        await store.close()
        #expect(await code { () throws(StorageError) in try await store.commit(other.claims) } == .unavailable)
        try await PostgresServer.awaitSessions(0, of: settings, where: "true")
        let again = try await PostgresRecordStore(settings)
        #expect(try await Pair.hold(pair.updates, in: again) == [true, true])
        #expect(try await Pair.hold(other.claims, in: again) == [false, false])
        await again.close()
    }

    @Test func `What is wrong with a connection string is said, and nothing that is in it`() async throws {
        for (more, expected) in [
            ("host=127.0.0.1 password=hunter2", "28P01"), ("dbname=hunter2", "3D000"), ("user=hunter2", "28000"),
            ("host=127.0.0.1 port=1", "reached"),
        ] {
            var settings = PostgresServer.settings(appending: more)
            settings.patience = .milliseconds(300)
            let error = await refusal(opening: settings)
            #expect(error?.code == .unavailable)
            #expect(error?.reason.contains(expected) == true, "\(more) was answered with \(String(describing: error))")
            #expect(error?.reason.contains("hunter2") == false)
        }
    }

    @Test func `Of several hosts the one is taken that takes writes`() async throws {
        let settings = PostgresServer.settings(
            appending: "host=127.0.0.1,127.0.0.1 port=1,\(Self.port) password=secret target_session_attrs=read-write")
        let store = try await PostgresRecordStore(settings)
        try await store.commit(Pair().claims)
        await store.close()
    }

    private static var port: String { part("port=") }
    private static var directory: String { part("host=") }

    private static func part(_ keyword: String) -> String {
        let found = PostgresServer.connection?.split(separator: " ").first { $0.hasPrefix(keyword) }
        return found.map { String($0.dropFirst(keyword.count)) } ?? ""
    }

    @Test func `TLS is spoken with the server whose certificate is known, and with no other`() async throws {
        let remote = "host=127.0.0.1 password=secret sslmode=verify-full"
        let settings = PostgresServer.settings(appending: "\(remote) sslrootcert=\(Self.directory)/server.pem")
        let store = try await PostgresRecordStore(settings)
        try await store.commit(Pair().claims)
        let encrypted = try await PostgresServer.run(
            "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = '\(settings.schema)'")
        #expect(encrypted == "t")
        await store.close()

        for wrong in [
            "\(remote) sslrootcert=\(Self.directory)/ca.pem",
            "host=localhost password=secret sslmode=verify-full sslrootcert=\(Self.directory)/server.pem",
        ] {
            var settings = PostgresServer.settings(appending: wrong)
            settings.patience = .milliseconds(300)
            #expect(await refusal(opening: settings)?.code == .unavailable)
        }
    }

    @Test func `A server that takes no writes is read, and says that it is read-only`() async throws {
        var settings = PostgresServer.settings()
        let writer = try await PostgresRecordStore(settings)
        let pair = Pair()
        try await writer.commit(pair.claims)
        await writer.close()
        settings.connection += " options='-c default_transaction_read_only=on'"
        for form in Self.forms {
            settings.commitForm = form
            let reader = try await PostgresRecordStore(settings)
            #expect(try await Pair.hold(pair.claims, in: reader) == [true, true])
            #expect(await code { () throws(StorageError) in try await reader.commit(pair.updates) } == .readOnly)
            #expect(await code { () throws(StorageError) in try await reader.commit([pair.updates[0]]) } == .readOnly)
            await reader.close()
        }
    }

    @Test func `A newer library's schema is left alone`() async throws {
        let settings = PostgresServer.settings()
        try await PostgresRecordStore(settings).close()
        try await PostgresServer.run("UPDATE \"\(settings.schema)\".record_format SET format = 2")
        let error = await refusal(opening: settings)
        #expect(error?.code == .wrongDeployment)
    }

    @Test func `A role that may only use the tables needs no more`() async throws {
        var settings = PostgresServer.settings()
        try await PostgresRecordStore(settings).close()
        let (schema, role) = ("\"\(settings.schema)\"", "\"user-\(settings.schema)\"")
        try await PostgresServer.run(
            """
            CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA \(schema) TO \(role);
            GRANT SELECT ON \(schema).record_format TO \(role); GRANT SELECT, INSERT, UPDATE, DELETE ON \(schema).record TO \(role)
            """)
        settings.connection += " user=user-\(settings.schema)"
        let store = try await PostgresRecordStore(settings)
        #expect(store.commitForm == .oneStatement)
        try await store.commit(Pair().claims)
        await store.close()

        settings.schema += "-2"
        let error = await refusal(opening: settings)
        #expect(error?.code == .readOnly)
    }
}

@Suite struct PostgresSettingsTests {
    @Test func `Settings print without the connection string`() {
        let settings = PostgresSettings(connection: "host=db password=hunter2")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] { #expect(!text.contains("hunter2")) }
    }
}
