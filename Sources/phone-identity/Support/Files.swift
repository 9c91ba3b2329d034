#if Tool
    import AuditLog
    import RecordStorage
    import SealedStore

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Files as commands take and make them.
    enum Files {
        /// - Throws: ``Refusal`` when there is none.
        static func bytes(of path: String, limit: Int = 1 << 20) throws -> [UInt8] {
            guard let bytes = try DurableFile.contents(of: path, limit: limit) else { throw Refusal.usage("There is no file \(path).") }
            return bytes
        }

        /// - Throws: ``Refusal`` when there is none, or it is no UTF-8.
        static func text(of path: String, limit: Int = 1 << 20) throws -> String {
            guard let text = String(validating: try bytes(of: path, limit: limit), as: UTF8.self) else {
                throw Refusal("\(path) is no UTF-8 text: save it as UTF-8.")
            }
            return text
        }

        /// What people pass on as a file. - Throws: ``Refusal`` that names the file, when there is none or it is not what it should be.
        static func message<Message>(_ path: String, _ read: ([UInt8]) throws(VaultError) -> Message) throws -> Message {
            let bytes = try bytes(of: path)
            do { return try read(bytes) } catch { throw Refusal("\(path): \(error.reason)", code: error.code.rawValue) }
        }

        /// Writes a file that is not there yet.
        static func create(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws {
            try demandAbsent(path)
            try DurableFile.replace(path, with: bytes, mode: mode)
        }

        static func exist(at path: String) -> Bool { access(path, F_OK) == 0 }

        /// Refuses before people have typed passphrases for nothing.
        static func demandAbsent(_ path: String) throws(Refusal) {
            guard !exist(at: path) else {
                throw Refusal("\(path) is there already; nothing is overwritten: name another file, or remove this one.")
            }
        }

        /// A log's public key, as `log.pub` has it.
        static func logKey(_ path: String) throws -> LogKey { try LogKey(try text(of: path, limit: 65_536)) }
    }
#endif
