#if Tool
    import ArgumentParser
    import AuditLog
    import CryptoPrimitives
    import PhoneIdentity
    import ProcessTransport
    import RecordStorage
    import SealedStore

    /// Every command beside `normalize`, which has no need of a parser.
    struct Tool: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "phone-identity", abstract: "For operators, approvers and auditors.",
            subcommands: [
                AuditCommand.self, CeremonyCommand.self, CustodyCommand.self, RequestCommand.self, ApproveCommand.self,
                RevealCommand.self, ReviewCommand.self, ExplainCommand.self, DeliveriesCommand.self, KeyServiceCommand.self,
                SenderCommand.self,
            ])

        /// Runs the command; what the parser refuses is wrong use as well, and ends with 2.
        ///
        /// - Returns: the exit code.
        static func run(_ arguments: [String]) async -> Int32 {
            var writesJSON = false
            do {
                // A crash of a command that holds keys leaves no copy of them.
                GuardedMemory.disableCoreDumps()
                var command = try parseAsRoot(arguments)
                writesJSON = (command as? any JSONCommand)?.json ?? false
                if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
                return 0
            } catch {
                if let refusal = Refusal(error) {
                    refusal.report(asJSON: writesJSON)
                    return refusal.exitCode
                }
                let code = exitCode(for: error)
                let message = fullMessage(for: error)
                if code == .success { print(message) } else if !message.isEmpty { StandardError.write("\(message)\n") }
                return code == .validationFailure ? 2 : code.rawValue
            }
        }
    }

    /// A command with `--json`, whose refusals are JSON too.
    protocol JSONCommand: ParsableCommand {
        var json: Bool { get }
    }

    /// Why a command did not do what it was asked, and what to do about it.
    struct Refusal: Error {
        let exitCode: Int32
        let code: String
        let reason: String

        /// Refused, or found bad: 1.
        init(_ reason: String, code: String = "refused") {
            (exitCode, self.code, self.reason) = (1, code, reason)
        }

        /// The command was used wrongly: 2.
        static func usage(_ reason: String) -> Refusal { Refusal(exitCode: 2, code: "usage", reason: reason) }

        private init(exitCode: Int32, code: String, reason: String) {
            (self.exitCode, self.code, self.reason) = (exitCode, code, reason)
        }

        /// What the library says; `nil` of an error that is the parser's.
        init?(_ error: any Error) {
            switch error {
            case let error as Refusal: self = error
            case let error as VaultError: self.init(error.reason, code: error.code.rawValue)
            case let error as KeyringError: self.init(error.reason, code: error.code.rawValue)
            case let error as IdentityError: self.init(error.reason, code: error.code.rawValue)
            case let error as AuditError: self.init(error.reason, code: error.code.rawValue)
            case let error as ProcessError where error.code == .invalidSetting:
                self.init(exitCode: 2, code: error.code.rawValue, reason: error.reason)
            case let error as ProcessError: self.init(error.reason, code: error.code.rawValue)
            case let error as StorageError: self.init(error.reason, code: error.code.rawValue)
            default: return nil
            }
        }

        func report(asJSON writesJSON: Bool) {
            if writesJSON {
                JSONLine(("ok", .bool(false)), ("error", .text(code)), ("reason", .text(reason))).write()
            } else {
                StandardError.write("\(VisibleText.line(reason)) (\(code))\n")
            }
        }
    }
#endif
