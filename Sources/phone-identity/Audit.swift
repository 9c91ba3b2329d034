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
            commandName: "audit", abstract: "Check an audit log offline.", subcommands: [Verify.self, Guesses.self])

        struct Verify: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Check every signature, entry and tile of a log.",
                discussion: """
                    Exits with 0 when the whole log is what its key signed, with 1 when it is not (the first bad entry, tile or \
                    signature is named), and with 2 when it was used wrongly.
                    """)

            @OptionGroup var log: LogArguments

            func run() async throws {
                do {
                    report(try await log.verifier().verify())
                } catch let error as AuditError {
                    if error.code == .storage { throw log.refuse(error.reason) }
                    log.report(error)
                    throw ExitCode(1)
                }
            }

            private func report(_ checkpoint: Checkpoint) {
                let root = Base64.encode(checkpoint.head.root)
                if log.json {
                    print(
                        #"{"ok":true,"origin":\#(JSONLine.quoted(checkpoint.origin)),"size":\#(checkpoint.head.size),"root":"\#(root)"}"#
                    )
                } else {
                    print("The log \(checkpoint.origin) is whole: \(checkpoint.head.size) entries, root \(root).")
                }
            }
        }

        struct Guesses: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Recount from a log how many guesses each challenge had.",
                discussion: """
                    Verifies the whole log first. Exits with 0 when no challenge had more guesses than the budget, with 1 when one had or \
                    the log is not what its key signed, and with 2 when it was used wrongly.
                    """)

            @OptionGroup var log: LogArguments
            @Option(help: "Guesses that a challenge may have; no deployment can be set to more than 10.") var budget = 10

            func run() async throws {
                var recount = GuessRecount()
                do {
                    _ = try await log.verifier().verify { recount.add($0) }
                } catch let error as AuditError {
                    if error.code == .storage { throw log.refuse(error.reason) }
                    log.report(error)
                    throw ExitCode(1)
                }
                let over = recount.over(budget)
                if log.json {
                    print(
                        #"{"ok":\#(over == 0),"challenges":\#(recount.total),"completed":\#(recount.completed),"most":\#(recount.most),"over":\#(over),"by-guesses":\#(recount.challenges)}"#
                    )
                } else {
                    print(
                        "\(recount.total) challenges ended, \(recount.completed) of them completed; the most guesses of one were \(recount.most)."
                    )
                    for (guesses, count) in recount.challenges.enumerated() where count > 0 { print("\(guesses) guesses: \(count)") }
                    if over > 0 { print("\(over) had more than the budget of \(budget).") }
                }
                if over > 0 { throw ExitCode(1) }
            }
        }
    }

    /// Which log, and how to answer.
    struct LogArguments: ParsableArguments {
        @Argument(help: "The directory with the checkpoint and the tiles.") var directory: String
        @Option(help: "The file with the log's public key, such as log.pub.") var key: String?
        @Flag(help: "Write the finding as one line of JSON.") var json = false

        /// - Throws: an `ExitCode`, once the reason is said.
        func verifier() throws -> LogVerifier {
            guard let key else { throw refuse("--key FILE is missing; without the log's public key nothing can be checked.") }
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
            return LogVerifier(DirectoryTileStore(directory: directory), key: logKey)
        }

        func refuse(_ sentence: String) -> ExitCode {
            if json {
                print(#"{"ok":false,"error":"usage","reason":\#(JSONLine.quoted(sentence))}"#)
            } else {
                writeToStandardError("\(sentence)\n")
            }
            return ExitCode(2)
        }

        func report(_ error: AuditError) {
            if json {
                let path = error.path.map { #","path":\#(JSONLine.quoted($0))"# } ?? ""
                let index = error.index.map { #","index":\#($0)"# } ?? ""
                print(
                    #"{"ok":false,"error":\#(JSONLine.quoted(error.code.rawValue)),"reason":\#(JSONLine.quoted(error.reason))\#(path)\#(index)}"#
                )
            } else {
                print("The log in \(directory) is bad: \(error.reason) (\(error.code.rawValue))")
            }
        }
    }

    private func writeToStandardError(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
#endif
