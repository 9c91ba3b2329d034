#if Tool
    import ArgumentParser
    import RecordStorage
    import SealedStore

    struct ChangePassphrase: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "passphrase", abstract: "Seal a keyring or a share under another passphrase, into a new file.",
            discussion: """
                So that each party's keyring of a ceremony opens with that party's passphrase alone. The old file stays as it is: destroy \
                it when the new one opens.
                """)

        @Option(help: "The file as it is.") var file: String
        @Option(help: "The file to write.") var out: String
        @OptionGroup var passphrase: PassphraseOptions
        @Option(help: "Read the new passphrase from this descriptor. Without it the terminal asks, twice.") var newPassphraseFd: Int32?
        @Flag(help: "Write what was done as one line of JSON.") var json = false

        func run() async throws {
            try Files.demandAbsent(out)
            let old = try passphrase.passphrase(of: file)
            let new = try newPassphraseFd.map { try PassphraseOptions.read($0, of: out) } ?? PassphraseOptions.askTwice(for: out)
            try KeyringFile.reseal(file, old, to: out, under: new, random: SystemRandomSource())
            if json {
                JSONLine(("ok", .bool(true)), ("file", .text(out))).write()
            } else {
                print("\(VisibleText.line(out)) opens with the new passphrase; destroy \(VisibleText.line(file)).")
            }
        }
    }
#endif
