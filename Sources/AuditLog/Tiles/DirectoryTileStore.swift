import RecordStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A log as a directory of files that any web server can serve as they are.
///
/// Every file is written beside, synced, renamed, and its directory synced; so a checkpoint costs about eight syncs with the
/// signer's head. They block the calling thread for that long.
public struct DirectoryTileStore: TileStore {
    public let directory: String

    /// - Parameter directory: made with the first file, as are those above it.
    public init(directory: String) {
        self.directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    }

    public func contents(of path: String) async throws(AuditError) -> [UInt8]? {
        do { return try DurableFile.contents(of: "\(directory)/\(path)") } catch { throw AuditError(error) }
    }

    public func write(_ bytes: [UInt8], to path: String) async throws(AuditError) {
        let file = "\(directory)/\(path)"
        do throws(StorageError) {
            guard let slash = file.lastIndex(of: "/") else { return }
            try DurableFile.createDirectory(String(file[..<slash]))
            try DurableFile.replace(file, with: bytes)
        } catch {
            throw AuditError(error)
        }
    }

    public func removePartials(of tile: TilePath) async throws(AuditError) {
        let folder = "\(directory)/\(tile.full).p"
        // Not synced: a partial tile that comes back after a power cut is as true as before.
        for width in 1..<TilePath.width { unlink("\(folder)/\(width)") }
        rmdir(folder)
    }
}
