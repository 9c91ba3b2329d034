#if Tool
    import ArgumentParser
    import CryptoPrimitives
    import IdentityTypes
    import RecordStorage
    import SealedStore

    struct RequestCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "request", abstract: "Ask for one record to be opened to people.",
            subcommands: [Attest.self, Sign.self, Register.self, Deny.self])

        struct Sign: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Sign what the opener's machine prepared, with the reason.",
                discussion: """
                    The case is a text of 1 to 16,384 bytes that every approver reads; the log holds its digest alone. No number belongs \
                    in it.
                    """)

            @Option(help: "The draft of `reveal prepare`.") var draft: String
            @Option(help: "The newest roster.") var roster: String
            @Option(name: .customLong("case"), help: "The file that says why.") var caseFile: String
            @Option(help: "What the number will be used for.") var purpose: RevealPurposeName
            @Option(help: "The requester's keyring.") var keyring: String
            @Option(help: "How long the request lives, 1 to 168.") var hours = 24
            @Option(help: "The file to write.") var out: String
            @OptionGroup var custodians: CustodianOptions
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write what was signed as one line of JSON.") var json = false

            func validate() throws {
                guard (1...168).contains(hours) else { throw ValidationError("A request lives for 1 to 168 hours.") }
            }

            func run() async throws {
                let draft = try Files.message(self.draft, RevealDraft.init(bytes:))
                let caseText = try Files.text(of: caseFile, limit: RevealFile.caseLimit + 1)
                let (roster, set) = (try Files.bytes(of: self.roster), try custodians.required())
                try Files.demandAbsent(out)
                let requester = try PersonKeyring(path: keyring, passphrase: try passphrase.passphrase(of: keyring))
                let file = try sign(draft, for: purpose.purpose, caseText, roster, set, requester)
                try Files.create(out, file.bytes)
                let review = try RevealReview(file, custodians: set, knownRoster: 0, at: SystemTimeSource().now())
                if json {
                    JSONLine(
                        ("ok", .bool(true)), ("request", .text(Hexadecimal.encode(file.request.id))),
                        ("fingerprint", .text(Fingerprint.text(of: file.request.digest))),
                        ("expiresAt", .text(file.request.expiresAt.description))
                    ).write()
                } else {
                    print(ReviewText.text(review), terminator: "")
                }
            }

            private func sign<Use: RevealPurpose>(
                _ draft: RevealDraft, for purpose: Use.Type, _ caseText: String, _ roster: [UInt8], _ custodians: CustodianSet,
                _ requester: PersonKeyring
            ) throws -> RevealFile {
                try RevealFile(
                    requesting: draft, for: purpose, caseText: caseText, roster: roster, custodians: custodians, requester: requester,
                    notBefore: SystemTimeSource().now(), life: .seconds(hours * 3_600), random: SystemRandomSource())
            }
        }
    }
#endif
