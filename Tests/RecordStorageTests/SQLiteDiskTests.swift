#if os(Linux)
    import Foundation
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
