#if Tool
    import ArgumentParser
    import AuditLog
    import RecordStorage

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Checks a log offline.
    struct AuditCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit", abstract: "Check an audit log offline.", subcommands: [Verify.self])

        struct Verify: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Check every signature, entry and tile of a log.",
                discussion: """
                    Exits with 0 when the whole log is what its key signed, with 1 when it is not (the first bad entry, tile or \
                    signature is named), and with 2 when it was used wrongly.
                    """)

            @Argument(help: "The directory with the checkpoint and the tiles.") var directory: String
            @Option(help: "The file with the log's public key, such as log.pub.") var key: String?
            @Flag(help: "Write the finding as one line of JSON.") var json = false

            func run() async throws {
                guard let key else { throw refuse("--key FILE is missing; without the log's public key nothing can be checked.") }
                let log = DirectoryTileStore(directory: directory)
                let logKey: LogKey
                do {
                    guard let bytes = try DurableFile.contents(of: key, limit: 65_536) else { throw refuse("There is no file \(key).") }
                    logKey = try LogKey(String(decoding: bytes, as: UTF8.self))
                } catch let error as StorageError {
                    throw refuse(error.reason)
                } catch let error as AuditError {
                    throw refuse("\(key): \(error.reason)")
                }
                guard access(directory, F_OK) == 0 else { throw refuse("There is no directory \(directory).") }
                do {
                    report(try await LogVerifier(log, key: logKey).verify())
                } catch {
                    if error.code == .storage { throw refuse(error.reason) }
                    report(error)
                    throw ExitCode(1)
                }
            }

            private func refuse(_ sentence: String) -> ExitCode {
                if json {
                    print(#"{"ok":false,"error":"usage","reason":\#(quoted(sentence))}"#)
                } else {
                    writeToStandardError("\(sentence)\n")
                }
                return ExitCode(2)
            }

            private func report(_ checkpoint: Checkpoint) {
                let root = Base64.encode(checkpoint.head.root)
                if json {
                    print(
                        #"{"ok":true,"origin":\#(quoted(checkpoint.origin)),"size":\#(checkpoint.head.size),"root":"\#(root)"}"#)
                } else {
                    print("The log \(checkpoint.origin) is whole: \(checkpoint.head.size) entries, root \(root).")
                }
            }

            private func report(_ error: AuditError) {
                if json {
                    let path = error.path.map { #","path":\#(quoted($0))"# } ?? ""
                    let index = error.index.map { #","index":\#($0)"# } ?? ""
                    print(#"{"ok":false,"error":\#(quoted(error.code.rawValue)),"reason":\#(quoted(error.reason))\#(path)\#(index)}"#)
                } else {
                    print("The log in \(directory) is bad: \(error.reason) (\(error.code.rawValue))")
                }
            }

            /// A JSON string.
            private func quoted(_ text: String) -> String {
                var quoted = "\""
                for scalar in text.unicodeScalars {
                    switch scalar {
                    case "\"", "\\": quoted += "\\\(scalar)"
                    case _ where scalar.value < 0x20: quoted += "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
                    default: quoted.unicodeScalars.append(scalar)
                    }
                }
                return quoted + "\""
            }
        }
    }

    private func writeToStandardError(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
#endif
