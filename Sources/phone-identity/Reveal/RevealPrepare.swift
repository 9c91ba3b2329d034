#if Tool
    import ArgumentParser
    import CryptoPrimitives
    import RecordStorage
    import SealedStore

    extension RevealCommand {
        struct Prepare: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Prepare a request for one person's record.",
                discussion: """
                    Writes ID.draft, for the requester to sign, and ID.recipient, to which the approvers' shares will be sealed: it stays \
                    on this machine, under the opener's passphrase.
                    """)

            @Option(help: "The host's word whose record it is: the file of `request attest`.") var attestation: String
            @Option(help: "Who will be asked: standard or break-glass.") var quorum = QuorumName.standard
            @Option(help: "The opener's keyring.") var keyring: String
            @Option(help: "The directory for both files; made when it is not there.") var out: String
            @OptionGroup var options: ConfigurationOptions
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write what was made as one line of JSON.") var json = false

            func run() async throws {
                let attestation = try Files.message(attestation, RecordAttestation.init(bytes:))
                let passphrase = try self.passphrase.passphrase(of: keyring)
                let desk = try await OpenersDesk(options, opener: keyring, passphrase: passphrase)
                let prepared = try await desk.desk.prepare(attestation, role: quorum.role)
                try DurableFile.createDirectory(out, mode: 0o700)
                let draft = prepared.draft.bytes
                let id = Fingerprint.text(of: draft).prefix(19).filter { $0 != " " }
                let (draftPath, recipientPath) = ("\(out)/\(id).draft", "\(out)/\(id).recipient")
                try prepared.key.write(
                    to: recipientPath, opener: desk.opener, passphrase: passphrase, random: SystemRandomSource())
                try Files.create(draftPath, draft)
                if json {
                    JSONLine(("ok", .bool(true)), ("draft", .text(draftPath)), ("recipient", .text(recipientPath))).write()
                } else {
                    print("\(VisibleText.line(draftPath)) is for the requester; \(VisibleText.line(recipientPath)) stays here.")
                }
            }
        }
    }
#endif
