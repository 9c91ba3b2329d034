#if Tool
    import ArgumentParser
    import RecordStorage
    import SealedStore

    struct MakePerson: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "person", abstract: "Draw one person's keys.",
            discussion: """
                Writes NAME.keyring, which this person alone keeps and opens, and NAME.card, which everyone else is given. Tell the \
                fingerprint to those who get the card, by another way than the card went.
                """)

        @Option(help: "As the roster will show it.") var name: String
        @Option(help: "The deployment's id.") var deployment: String
        @Option(help: "The directory for both files; made when it is not there.") var out: String
        @OptionGroup var passphrase: PassphraseOptions
        @Flag(help: "Write what was made as one line of JSON.") var json = false

        func validate() throws {
            guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
                throw ValidationError("A person's name is the name of two files too: it has no slash and begins with no dot.")
            }
        }

        func run() async throws {
            let deployment = try DeploymentText.read(self.deployment)
            let (keyring, card) = ("\(out)/\(name).keyring", "\(out)/\(name).card")
            try Files.demandAbsent(keyring)
            try Files.demandAbsent(card)
            try DurableFile.createDirectory(out, mode: 0o700)
            let passphrase = try self.passphrase.newPassphrase(for: keyring)
            try PersonKeyring.create(
                at: keyring, name: name, deployment: deployment, passphrase: passphrase, random: SystemRandomSource())
            let person = try PersonKeyring(path: keyring, passphrase: passphrase)
            try Files.create(card, person.card.bytes, mode: 0o644)
            let fingerprint = Fingerprint.text(of: person.publicKey)
            if json {
                JSONLine(
                    ("ok", .bool(true)), ("keyring", .text(keyring)), ("card", .text(card)), ("fingerprint", .text(fingerprint))
                ).write()
            } else {
                print("\(VisibleText.line(name)): \(VisibleText.line(keyring)) and \(VisibleText.line(card)), fingerprint \(fingerprint).")
            }
        }
    }
#endif
