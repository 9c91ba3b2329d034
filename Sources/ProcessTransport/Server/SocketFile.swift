#if Processes
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// A Unix domain socket that this process listens on, at a path that is its own for as long as it lives.
    ///
    /// A lock beside it (`PATH.lock`, left behind empty) tells a live server from a dead one, so the file of one that was killed is replaced and
    /// the socket of one that runs is not. The socket gets its permissions before it gets its name.
    struct SocketFile {
        let descriptor: Int32
        private let path: String
        private let lock: Int32
        private let inode: ino_t

        /// - Throws: ``ProcessError`` with code `.invalidSetting` or `.addressInUse`.
        init(listeningAt path: String, mode: UInt32) throws(ProcessError) {
            try Self.checkDirectory(of: path)
            lock = try Self.lock(path)
            do throws(ProcessError) {
                try Self.checkNobodyListens(at: path)
                (descriptor, inode) = try Self.listen(at: path, mode: mode)
            } catch {
                close(lock)
                throw error
            }
            self.path = path
        }

        /// Takes the name away, unless somebody else's file is there by now. The descriptor is its user's to close.
        func remove() {
            if let status = Self.status(of: path), status.st_ino == inode { unlink(path) }
            close(lock)
        }

        private static func checkDirectory(of path: String) throws(ProcessError) {
            let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            var status = stat()
            guard stat(parent, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw ProcessError(
                    .invalidSetting, "There is no directory \(parent) for the socket: create it, for this process's user alone.")
            }
            guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o022 == 0 else {
                throw ProcessError(
                    .invalidSetting,
                    "Others may write in \(parent), and could put a socket of theirs there: use a directory of this process's user.")
            }
        }

        private static func lock(_ path: String) throws(ProcessError) -> Int32 {
            let lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard lock >= 0 else { throw failure("create", "\(path).lock") }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                let isTaken = errno == EWOULDBLOCK
                let error = failure("lock", "\(path).lock")
                close(lock)
                throw isTaken ? inUse(path) : error
            }
            return lock
        }

        /// Also a program that knows nothing of the lock may listen there.
        private static func checkNobodyListens(at path: String) throws(ProcessError) {
            guard let status = status(of: path) else { return }
            guard status.st_mode & S_IFMT == S_IFSOCK else {
                throw ProcessError(.invalidSetting, "\(path) is no socket: move it away, or choose another path.")
            }
            let probe = try socket()
            defer { close(probe) }
            // Without waiting: a server whose queue is full is a live one.
            _ = fcntl(probe, F_SETFL, O_NONBLOCK)
            if try withAddress(of: path, { connect(probe, $0, $1) }) == 0 || errno == EAGAIN { throw inUse(path) }
        }

        private static func listen(at path: String, mode: UInt32) throws(ProcessError) -> (Int32, ino_t) {
            let descriptor = try socket()
            let temporary = "\(path).new"
            unlink(temporary)
            guard try withAddress(of: temporary, { bind(descriptor, $0, $1) }) == 0, chmod(temporary, mode_t(mode)) == 0,
                listenQueue(descriptor) == 0, let status = status(of: temporary), rename(temporary, path) == 0
            else {
                let error = failure("listen at", path)
                unlink(temporary)
                close(descriptor)
                throw error
            }
            return (descriptor, status.st_ino)
        }

        /// Under a name that the functions above do not hide.
        private static func listenQueue(_ descriptor: Int32) -> Int32 {
            #if canImport(Darwin)
                Darwin.listen(descriptor, 256)
            #elseif canImport(Musl)
                Musl.listen(descriptor, 256)
            #else
                Glibc.listen(descriptor, 256)
            #endif
        }

        private static func socket() throws(ProcessError) -> Int32 {
            #if canImport(Darwin)
                let descriptor = Darwin.socket(AF_UNIX, SOCK_STREAM, 0)
            #elseif canImport(Musl)
                let descriptor = Musl.socket(AF_UNIX, SOCK_STREAM, 0)
            #else
                let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            #endif
            guard descriptor >= 0 else { throw failure("open", "a socket") }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return descriptor
        }

        private static func withAddress(
            of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
        ) throws(ProcessError) -> Int32 {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let capacity = MemoryLayout.size(ofValue: address.sun_path)
            guard path.utf8.count < capacity else {
                throw ProcessError(
                    .invalidSetting, "\(path) is longer than a socket's path may be, \(capacity - 5) bytes: choose a shorter one.")
            }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
        }

        private static func status(of path: String) -> stat? {
            var status = stat()
            return lstat(path, &status) == 0 ? status : nil
        }

        private static func inUse(_ path: String) -> ProcessError {
            ProcessError(.addressInUse, "Another process listens at \(path): stop it, or choose another path.")
        }

        private static func failure(_ action: String, _ path: String) -> ProcessError {
            ProcessError(.invalidSetting, "Cannot \(action) \(path): \(String(cString: strerror(errno))).")
        }
    }
#endif
