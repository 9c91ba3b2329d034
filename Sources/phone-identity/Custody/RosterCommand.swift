#if Tool
    import ArgumentParser
    import IdentityTypes
    import RecordStorage
    import SealedStore

    struct RosterCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "roster", abstract: "Who may ask, who approves, who opens: drafted, looked at, signed.",
            subcommands: [Draft.self, Show.self, Sign.self])

        struct Draft: ParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Draft a roster for the custodians to sign.",
                discussion: """
                    The file of persons has a line for each: `CARD; powers; trained=DAY; vetted=DAY`, such as \
                    `ada.card; request,open; trained=2027-01-31; vetted=2027-06-30`. Powers are request, open, both or none; whoever has a \
                    share approves. A day is the last one, in UTC. A card's path starts from the file's directory; lines that begin \
                    with # say nothing. Quorums of the roster before go on where no new deal is given.
                    """)

            @Option(parsing: .upToNextOption, help: "First deals, one for each new level.") var deal: [String] = []
            @Option(parsing: .upToNextOption, help: "The deals of resharings, all holders' of each level.") var resharing: [String] = []
            @Option(help: "The roster that this one follows; left out for the first.") var after: String?
            @Option(help: "The host's card of `ceremony init`; when it is left out, the host stays as it is.") var host: String?
            @Option(help: "The file of persons.") var persons: String
            @Option(
                name: [.customLong("purpose"), .customLong("purposes")], parsing: .upToNextOption,
                help: "What the new levels approve; a reshared one keeps what it has when this is left out.")
            var purpose: [RevealPurposeName] = []
            @Option(parsing: .upToNextOption, help: "The same for the break-glass quorum, where it differs.")
            var breakGlassPurpose: [RevealPurposeName] = []
            @Option(help: "The file to write.") var out: String
            @OptionGroup var custodians: CustodianOptions
            @Flag(help: "Write what was drafted as one line of JSON.") var json = false

            func run() throws {
                let earlier = try after.map { try Rosters.read($0, custodians: try custodians.named()) }
                let persons = try PersonsFile.read(self.persons)
                let deals = try deal.map(Deals.read)
                var levels = try deals.map { (try DealtLevel($0), try purposes($0, earlier)) }
                let resharings = Dictionary(grouping: try resharing.map(Deals.read)) { [$0.role.rawValue, $0.level] }
                for parts in resharings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).map(\.value) {
                    guard let earlier else { throw Refusal.usage("A resharing starts from a roster: name it with --after.") }
                    levels.append((try DealtLevel(resharing: earlier, parts), try purposes(parts[0], earlier)))
                }
                let host = try self.host.map { try Files.message($0, HostCard.init(bytes:)) }
                guard host != nil || earlier != nil else {
                    throw Refusal.usage("A first roster names the host: --host host.card, which `ceremony init` writes.")
                }
                guard let deployment = earlier?.deployment ?? deals.first?.deployment else {
                    throw Refusal.usage("A first roster needs the deals of its quorum's two levels: --deal FILE FILE.")
                }
                let roster = try Roster(
                    after: earlier, deployment: deployment, host: host, levels: levels, persons: persons,
                    issuedAt: SystemTimeSource().now())
                try Files.create(out, roster.draft, mode: 0o644)
                if json {
                    RosterText.json(roster, ("ok", .bool(true))).write()
                } else {
                    print(RosterText.text(roster), terminator: "")
                }
            }

            private func purposes(_ deal: ShareDeal, _ earlier: Roster?) throws -> [PurposeCode] {
                let named = deal.role == .breakGlass && !breakGlassPurpose.isEmpty ? breakGlassPurpose : purpose
                if !named.isEmpty { return named.map(\.code) }
                guard deal.source > 0, let quorum = earlier?.quorum(deal.role) else {
                    throw Refusal.usage("A new level needs to know what it approves: --purpose NAME….")
                }
                return quorum.levels[Int(deal.level) - 1].purposes
            }
        }

        struct Sign: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Sign a roster as a custodian.",
                discussion: "Look at it with `custody roster show` first. What is signed is shown again, and goes back into the same file.")

            @Option(help: "The draft, with the signatures it has so far.") var roster: String
            @Option(help: "The custodian's keyring.") var keyring: String
            @Option(help: "Another file for the signed draft, instead of the same.") var out: String?
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write what was signed as one line of JSON.") var json = false

            func run() async throws {
                let draft = try Files.bytes(of: roster)
                let read = try Roster(unverified: draft)
                if !json { print(RosterText.text(read), terminator: "") }
                if let out { try Files.demandAbsent(out) }
                let custodian = try PersonKeyring(path: keyring, passphrase: try passphrase.passphrase(of: keyring))
                let signed = try Roster.sign(draft, by: custodian)
                try DurableFile.replace(out ?? roster, with: signed)
                if json {
                    RosterText.json(read, ("ok", .bool(true)), ("signer", .text(Fingerprint.text(of: custodian.publicKey)))).write()
                } else {
                    print("Signed by \(VisibleText.line(custodian.name)), \(Fingerprint.text(of: custodian.publicKey)).")
                }
            }
        }

        struct Show: ParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Show all that a roster says, and whether enough custodians signed it.",
                discussion: "With --trust or the custodians' cards it exits with 1 until enough of them have signed.")

            @Option(help: "The roster.") var roster: String
            @Option(help: "The roster before, to see that this one follows it.") var after: String?
            @OptionGroup var custodians: CustodianOptions
            @Flag(help: "Write it as one line of JSON.") var json = false

            func run() throws {
                let file = try Files.bytes(of: roster)
                let read = try Roster(unverified: file)
                if let after {
                    let earlier = try Rosters.read(after, custodians: try custodians.named())
                    guard read.deployment == earlier.deployment, read.previous == earlier.digest else {
                        throw Refusal("This roster does not follow the one in \(after): ask who drafted it.")
                    }
                }
                let signers = try Roster.signers(of: file)
                let set = try custodians.named()
                let refusal = set.flatMap { set in
                    do { _ = try Roster(file, custodians: set) } catch { return Refusal(error) }
                    return nil
                }
                if json {
                    var fields: [(String, JSONLine.Value)] = [
                        ("ok", .bool(refusal == nil)), ("signers", .list(signers.map { .text(Fingerprint.text(of: $0)) })),
                    ]
                    if let refusal { fields += [("error", .text(refusal.code)), ("reason", .text(refusal.reason))] }
                    RosterText.json(read, fields).write()
                    if refusal != nil { throw ExitCode(1) }
                    return
                }
                print(RosterText.text(read), terminator: "")
                print(signers.isEmpty ? "Nobody has signed it." : "Signed by:")
                for signer in signers {
                    let standing = set.map { $0.keys.contains(signer) ? "  a custodian" : "  NO custodian" } ?? ""
                    print("  \(Fingerprint.text(of: signer))\(standing)")
                }
                if let refusal { throw refusal }
                if let set { print("In force: \(set.threshold) custodians' signatures are enough.") }
            }
        }
    }

    enum Rosters {
        /// A roster; checked where it is known whose signatures it needs.
        static func read(_ path: String, custodians: CustodianSet?) throws -> Roster {
            try Files.message(path) { bytes throws(VaultError) in
                guard let custodians else { return try Roster(unverified: bytes) }
                return try Roster(bytes, custodians: custodians)
            }
        }
    }
#endif
