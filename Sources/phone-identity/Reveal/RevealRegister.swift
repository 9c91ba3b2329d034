#if Tool
    import ArgumentParser
    import RecordStorage
    import SealedStore

    extension RevealCommand {
        struct Register: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Record in the log that people ask for a number.",
                discussion: "`reveal open` does it too, where it was not done before; done twice, it is recorded once.")

            @Option(help: "The signed request.") var request: String
            @Option(help: "The opener's keyring.") var keyring: String
            @OptionGroup var options: ConfigurationOptions
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write what was done as one line of JSON.") var json = false

            func run() async throws {
                let passphrase = try self.passphrase.passphrase(of: keyring)
                let desk = try await OpenersDesk(options, opener: keyring, passphrase: passphrase)
                let file = try desk.request(request)
                try await desk.desk.register(file, of: try await desk.directory.revealSubject(of: file.request))
                let id = Hexadecimal.encode(file.request.id)
                if json {
                    JSONLine(("ok", .bool(true)), ("request", .text(id))).write()
                } else {
                    print("Request \(id) is recorded.")
                }
            }
        }
    }
#endif
