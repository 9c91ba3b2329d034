#if Tool
    import ArgumentParser
    import CryptoPrimitives
    import RecordStorage
    import SealedStore

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    extension RevealCommand {
        struct Open: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Open a record that two levels agreed to open, and print the number, once.",
                discussion: """
                    The log has to sign the approval meanwhile, so the host runs. By the time the number is printed, the record is sealed \
                    anew and the request is spent; the recipient's key is removed. After a crash, run it again: an unspent request goes \
                    on, and for a spent one a new request is made.
                    """)

            @Option(help: "The signed request.") var request: String
            @Option(parsing: .upToNextOption, help: "The approvals, as they came in.") var approval: [String]
            @Option(help: "The key of `reveal prepare`.") var recipient: String
            @Option(help: "The opener's keyring.") var keyring: String
            @OptionGroup var options: ConfigurationOptions
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write the number as one line of JSON.") var json = false

            func run() async throws {
                let approvals = try approval.map(Approvals.read)
                let passphrase = try self.passphrase.passphrase(of: keyring)
                let key = try RecipientKey(path: recipient, passphrase: passphrase)
                let desk = try await OpenersDesk(options, opener: keyring, passphrase: passphrase)
                let file = try desk.request(request)
                let person = try await desk.directory.revealSubject(of: file.request)
                let number = try await desk.desk.open(file, approvals, with: key, of: person)
                guard Self.print(number, asJSON: json) else {
                    throw Refusal("The number was opened and recorded, but could not be written: make a new request.", code: "output")
                }
                unlink(recipient)
            }

            /// Straight from guarded memory.
            private static func print(_ number: borrowing SecretNumber, asJSON: Bool) -> Bool {
                let (head, tail) = asJSON ? (#"{"ok":true,"number":"+"#, "\"}\n") : ("+", "\n")
                let line = number.withDigits { digits in
                    SecretBytes(count: head.utf8.count + digits.count + tail.utf8.count) { line in
                        line.copyBytes(from: head.utf8)
                        UnsafeMutableRawBufferPointer(rebasing: line[head.utf8.count...]).copyBytes(from: digits)
                        UnsafeMutableRawBufferPointer(rebasing: line[(head.utf8.count + digits.count)...]).copyBytes(from: tail.utf8)
                    }
                }
                // Whoever read the output may have gone.
                signal(SIGPIPE, SIG_IGN)
                return line.withUnsafeBytes { bytes in
                    var sent = 0
                    while sent < bytes.count {
                        let count = write(STDOUT_FILENO, bytes.baseAddress! + sent, bytes.count - sent)
                        if count < 0, errno == EINTR { continue }
                        guard count > 0 else { return false }
                        sent += count
                    }
                    return true
                }
            }
        }
    }
#endif
