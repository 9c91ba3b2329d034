#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Files that are there whole or not at all, also after a power cut.
package enum DurableFile {
    /// Writes beside `path`, syncs, renames over it, syncs the directory.
    ///
    /// - Parameter mode: the permissions, such as `0o600`.
    /// - Throws: ``StorageError`` with code `.readOnly`, `.full` or `.unavailable`; `path` is then as it was.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o644) throws(StorageError) {
        let temporary = "\(path).\(getpid()).part"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard file >= 0 else { throw failure("create", path) }
        do throws(StorageError) {
            defer { close(file) }
            try writeAll(bytes, to: file, path)
            guard fsync(file) == 0 else { throw failure("sync", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = failure("rename", path)
            unlink(temporary)
            throw error
        }
        try syncDirectory(of: path)
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32, _ path: String) throws(StorageError) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { write(file, $0.baseAddress! + offset, bytes.count - offset) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure("write", path) }
            offset += written
        }
    }

    /// Makes the entries of the directory that holds `path` last.
    package static func syncDirectory(of path: String) throws(StorageError) {
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let directory = open(parent, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("open", parent) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("sync", parent) }
    }

    /// The bytes of a file; `nil` where there is none.
    ///
    /// - Parameter limit: the most bytes that are read; a longer file is `.tooLarge`.
    package static func contents(of path: String, limit: Int = 64 << 20) throws(StorageError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("open", path)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress!, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw StorageError(.tooLarge, "\(path) is larger than any file this library writes there.") }
        }
    }

    /// Reads a file that holds a secret into memory that its owner wipes.
    ///
    /// - Parameter buffer: larger than any file there may be; a file that fills it is `.tooLarge`.
    /// - Returns: how many bytes it has; `nil` where there is no file.
    package static func fill(_ buffer: UnsafeMutableRawBufferPointer, from path: String) throws(StorageError) -> Int? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("open", path)
        }
        defer { close(file) }
        var length = 0
        while length < buffer.count {
            let count = read(file, buffer.baseAddress! + length, buffer.count - length)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return length }
            length += count
        }
        throw StorageError(.tooLarge, "\(path) is larger than any file this library reads there.")
    }

    /// Makes a directory and those above it; one that is there already is left as it is.
    package static func createDirectory(_ path: String, mode: UInt32 = 0o755) throws(StorageError) {
        if mkdir(path, mode_t(mode)) == 0 { return try syncDirectory(of: path) }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw failure("create", path) }
            try createDirectory(String(path[..<slash]), mode: mode)
            guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw failure("create", path) }
            try syncDirectory(of: path)
        default: throw failure("create", path)
        }
    }

    private static func failure(_ action: String, _ path: String) -> StorageError {
        let number = errno
        let cause = String(cString: strerror(number))
        return switch number {
        case EACCES, EPERM, EROFS: StorageError(.readOnly, "Cannot \(action) \(path): \(cause). Give this process write permission there.")
        case ENOSPC, EDQUOT: StorageError(.full, "Cannot \(action) \(path): \(cause). Make room.")
        default: StorageError(.unavailable, "Cannot \(action) \(path): \(cause).")
        }
    }
}
