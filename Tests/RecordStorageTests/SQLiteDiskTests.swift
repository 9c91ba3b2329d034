#if os(Linux)
    import Foundation
    import GRDBSQLite
    import Glibc
    import RecordStorage
    import SQLiteStorage
    import Testing

    /// Disks that are full and directories that cannot be written. Both need root: to mount a small disk, and to become another user.
    @Suite(.enabled(if: geteuid() == 0, "mounting a small disk and becoming another user need root"))
    struct SQLiteDiskTests {
        private static func put(_ row: UInt8, bytes: Int) -> RecordChange {
            .put(
                RecordKey(partition: Partition(rawValue: 1), collection: "test", row: [row]), expecting: nil,
                version: RecordVersion(random: SystemRandomSource()), value: [UInt8](repeating: row, count: bytes), expiresAt: nil)
        }

        @Test func `A full disk refuses the commit that does not fit, and no smaller one beside it`() async throws {
            let directory = try TemporaryDirectory()
            try #require(mount("tmpfs", directory.path, "tmpfs", 0, "size=600k") == 0, "this machine lets nobody mount a disk")
            defer { umount2(directory.path, Int32(MNT_DETACH)) }
            let store = try await SQLiteRecordStore(path: directory.file())
            let outcomes = await withTaskGroup(of: (UInt8, StorageError?).self) { group in
                for row in UInt8(0)..<6 {
                    group.addTask {
                        do throws(StorageError) {
                            try await store.commit([Self.put(row, bytes: row == 3 ? 1_000_000 : 100)])
                            return (row, nil)
                        } catch {
                            return (row, error)
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1?.code ?? StorageError.Code(rawValue: "made") }
            }
            for (row, code) in outcomes {
                #expect(code.rawValue == (row == 3 ? StorageError.Code.full.rawValue : "made"))
                let found = try await store.record(at: Self.put(row, bytes: 0).key)
                #expect((found != nil) == (row != 3))
            }
            try await store.close()
        }

        @Test func `Of commits that share a transaction, only the one that does not fit is refused`() async throws {
            let directory = try TemporaryDirectory()
            try #require(mount("tmpfs", directory.path, "tmpfs", 0, "size=700k") == 0, "this machine lets nobody mount a disk")
            defer { umount2(directory.path, Int32(MNT_DETACH)) }
            let store = try await SQLiteRecordStore(path: directory.file(), busyTimeout: .seconds(60))
            var rival: OpaquePointer?
            sqlite3_open(directory.file(), &rival)
            sqlite3_exec(rival, "BEGIN IMMEDIATE", nil, nil, nil)
            let codes = await withTaskGroup(of: (UInt8, StorageError.Code?).self) { group in
                for row in UInt8(0)..<6 {
                    group.addTask {
                        do throws(StorageError) {
                            try await store.commit([Self.put(row, bytes: row == 3 ? 1_000_000 : 100)])
                            return (row, nil)
                        } catch {
                            return (row, error.code)
                        }
                    }
                }
                // The first waits for the file, and the others behind it.
                try? await Task.sleep(for: .milliseconds(100))
                sqlite3_exec(rival, "ROLLBACK", nil, nil, nil)
                sqlite3_close(rival)
                return await group.reduce(into: [UInt8: StorageError.Code?]()) { $0[$1.0] = .some($1.1) }
            }
            for row in UInt8(0)..<6 { #expect(codes[row] == .some(row == 3 ? .full : nil)) }
            try await store.close()
        }

        @Test func `A disk that fills up under many commits takes nothing by half, and goes on when there is room`() async throws {
            let directory = try TemporaryDirectory()
            try #require(mount("tmpfs", directory.path, "tmpfs", 0, "size=700k") == 0, "this machine lets nobody mount a disk")
            defer { umount2(directory.path, Int32(MNT_DETACH)) }
            let store = try await SQLiteRecordStore(path: directory.file())
            func pair(_ row: UInt8) -> [RecordChange] {
                [1, 2].map { partition in
                    .put(
                        RecordKey(partition: Partition(rawValue: partition), collection: "test", row: [row]), expecting: nil,
                        version: RecordVersion(random: SystemRandomSource()), value: [UInt8](repeating: row, count: 5_000), expiresAt: nil)
                }
            }
            let rows = UInt8(0)..<150
            let codes = await withTaskGroup(of: (UInt8, StorageError.Code?).self) { group in
                for row in rows {
                    group.addTask {
                        do throws(StorageError) {
                            try await store.commit(pair(row))
                            return (row, nil)
                        } catch {
                            return (row, error.code)
                        }
                    }
                }
                return await group.reduce(into: [UInt8: StorageError.Code?]()) { $0[$1.0] = .some($1.1) }
            }
            #expect(Set(codes.values) == [nil, .full])
            func check(_ row: UInt8, isThere: Bool) async throws {
                let found = try await store.records(at: pair(row).map(\.key))
                #expect(found.map { $0 != nil } == [isThere, isThere])
            }
            for row in rows { try await check(row, isThere: codes[row] == .some(nil)) }

            try #require(mount("tmpfs", directory.path, "tmpfs", UInt(MS_REMOUNT), "size=64m") == 0)
            for row in rows where codes[row] != .some(nil) {
                try await store.commit(pair(row))
                try await check(row, isThere: true)
            }
            let report = try await store.checkIntegrity()
            #expect(report.isSound && report.records == 2 * rows.count)
            try await store.close()
        }

        @Test func `A disk without room for a backup says so, and nothing is left on it`() async throws {
            let (directory, other) = (try TemporaryDirectory(), try TemporaryDirectory())
            try #require(mount("tmpfs", other.path, "tmpfs", 0, "size=600k") == 0, "this machine lets nobody mount a disk")
            defer { umount2(other.path, Int32(MNT_DETACH)) }
            let store = try await SQLiteRecordStore(path: directory.file())
            for row in UInt8(0)..<10 { try await store.commit([Self.put(row, bytes: 200_000)]) }
            let error = await #expect(throws: StorageError.self) { try await store.backUp(to: other.file("backup")) }
            #expect(error?.code == .full)
            #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).isEmpty)
            try await store.backUp(to: directory.file("backup"))
            try await store.close()
        }

        @Test func `A directory that cannot be written takes no backup`() async throws {
            await #expect(processExitsWith: .success) {
                let (mine, theirs) = (try TemporaryDirectory(), try TemporaryDirectory())
                chmod(mine.path, 0o777)
                chmod(theirs.path, 0o755)
                guard setuid(65534) == 0 else { exit(2) }
                let store = try await SQLiteRecordStore(path: mine.file())
                do throws(StorageError) {
                    try await store.backUp(to: theirs.file("backup"))
                    exit(3)
                } catch {
                    exit(error.code == .readOnly ? 0 : 4)
                }
            }
        }

        @Test func `A directory, and a file, that cannot be written is read-only`() async throws {
            await #expect(processExitsWith: .success) {
                let directory = try TemporaryDirectory()
                try await SQLiteRecordStore(path: directory.file("theirs")).close()
                let writable = try TemporaryDirectory()
                try await SQLiteRecordStore(path: writable.file("theirs")).close()
                chmod(directory.path, 0o755)
                chmod(directory.file("theirs"), 0o666)
                chmod(writable.path, 0o777)
                chmod(writable.file("theirs"), 0o444)
                guard setuid(65534) == 0 else { exit(2) }
                for path in [directory.file("theirs"), directory.file("new"), writable.file("theirs")] {
                    do throws(StorageError) {
                        _ = try await SQLiteRecordStore(path: path)
                        exit(3)
                    } catch {
                        guard error.code == .readOnly else { exit(4) }
                    }
                }
                _ = try await SQLiteRecordStore(path: writable.file("new"))
                exit(0)
            }
        }
    }
#endif
