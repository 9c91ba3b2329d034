#if Tool
    import ArgumentParser
    import RecordStorage
    import SealedStore

    /// A quorum, by its name on the command line.
    enum QuorumName: String, CaseIterable, ExpressibleByArgument {
        case standard
        case breakGlass = "break-glass"

        var role: QuorumRole {
            switch self {
            case .standard: .standard
            case .breakGlass: .breakGlass
            }
        }
    }

    extension QuorumRole {
        var word: String {
            switch self {
            case .standard: "standard"
            case .breakGlass: "break-glass"
            }
        }
    }

    enum Deals {
        static func read(_ path: String) throws -> ShareDeal { try Files.message(path, ShareDeal.init(bytes:)) }

        /// The level that first deals or the deals of a resharing make.
        static func level(of deals: [ShareDeal], from earlier: Roster?) throws -> DealtLevel {
            if let earlier { return try DealtLevel(resharing: earlier, deals) }
            guard deals.count == 1, let deal = deals.first else {
                throw Refusal.usage("Several deals are those of a resharing: name the roster that it starts from with --roster.")
            }
            return try DealtLevel(deal)
        }
    }

    struct DealShares: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "deal", abstract: "Draw a level's key and give its shares out: a dealer's work, off line.",
            discussion: """
                The dealer has known the whole key for a moment, so is no member of either level; the other level has another dealer. The \
                file is public: each share in it opens for its person alone.
                """)

        @Option(help: "Whose key: standard or break-glass.") var quorum: QuorumName
        @Option(help: "Which of its two levels: 1 or 2.") var level: UInt8
        @Option(help: "How many of the members must agree.") var threshold: Int
        @Option(help: "The dealer's keyring.") var dealer: String
        @Option(name: [.customLong("member"), .customLong("members")], parsing: .upToNextOption, help: "The members' cards.")
        var member: [String]
        @Option(help: "The file to write.") var out: String
        @OptionGroup var passphrase: PassphraseOptions
        @Flag(help: "Write what was done as one line of JSON.") var json = false

        func run() async throws {
            let cards = try member.map(Cards.read)
            try Files.demandAbsent(out)
            let keyring = try PersonKeyring(path: dealer, passphrase: try passphrase.passphrase(of: dealer))
            let deal = try ShareDeal(
                role: quorum.role, level: level, threshold: threshold, members: cards, dealer: keyring, random: SystemRandomSource())
            try Files.create(out, deal.bytes, mode: 0o644)
            reportDeal(deal, to: cards, threshold, asJSON: json)
        }
    }

    struct ReshareShare: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "reshare", abstract: "Give one's own share on, in shares, to the level's next people.",
            discussion: """
                As many holders as the level's threshold do this, all to the same members in the same order with the same new threshold. \
                The key stays what it is; once the new roster is signed, the old shares are of no use: delete them.
                """)

        @Option(help: "The share that is given on.") var share: String
        @Option(help: "Its holder's keyring.") var keyring: String
        @Option(help: "How many of the next people must agree.") var threshold: Int
        @Option(name: [.customLong("member"), .customLong("members")], parsing: .upToNextOption, help: "The next people's cards.")
        var member: [String]
        @Option(help: "The file to write.") var out: String
        @OptionGroup var passphrase: PassphraseOptions
        @Flag(help: "Write what was done as one line of JSON.") var json = false

        func run() async throws {
            let cards = try member.map(Cards.read)
            try Files.demandAbsent(out)
            let passphrase = try self.passphrase.passphrase(of: keyring)
            let holder = try PersonKeyring(path: keyring, passphrase: passphrase)
            let share = try QuorumShare(path: self.share, passphrase: passphrase)
            let deal = try ShareDeal(
                resharing: share, threshold: threshold, members: cards, holder: holder, random: SystemRandomSource())
            try Files.create(out, deal.bytes, mode: 0o644)
            reportDeal(deal, to: cards, threshold, asJSON: json)
        }
    }

    private func reportDeal(_ deal: ShareDeal, to cards: [PersonCard], _ threshold: Int, asJSON json: Bool) {
        if json {
            return JSONLine(
                ("ok", .bool(true)), ("quorum", .text(deal.role.word)), ("level", .number(Int(deal.level))),
                ("epoch", .number(Int(deal.epoch))), ("threshold", .number(threshold)),
                ("members", .list(cards.map { .text($0.name) })), ("fingerprint", .text(Fingerprint.text(of: deal.bytes)))
            ).write()
        }
        print("\(deal.role.word), level \(deal.level), epoch \(deal.epoch): \(threshold) of these must agree.")
        for card in cards { print("  \(Fingerprint.text(of: card.signingKey))  \(VisibleText.line(card.name))") }
        print("The deal's fingerprint is \(Fingerprint.text(of: deal.bytes)).")
    }

    struct ReceiveShare: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "receive", abstract: "Take one's share out of a deal, or out of all deals of a resharing.")

        @Option(parsing: .upToNextOption, help: "The dealer's file, or those of all holders who reshared.") var deal: [String]
        @Option(help: "One's own keyring.") var keyring: String
        @Option(help: "With a resharing: the roster that it starts from.") var roster: String?
        @Option(help: "The share's file to write; it has the keyring's passphrase.") var out: String
        @OptionGroup var custodians: CustodianOptions
        @OptionGroup var passphrase: PassphraseOptions
        @Flag(help: "Write what was received as one line of JSON.") var json = false

        func run() async throws {
            let deals = try deal.map(Deals.read)
            let level = try Deals.level(of: deals, from: try roster.map { try Rosters.read($0, custodians: try custodians.named()) })
            try Files.demandAbsent(out)
            let passphrase = try self.passphrase.passphrase(of: keyring)
            let person = try PersonKeyring(path: keyring, passphrase: passphrase)
            let share = try QuorumShare(of: person, in: level, from: deals)
            try share.write(to: out, passphrase: passphrase, random: SystemRandomSource())
            let dealers = deals.map { Fingerprint.text(of: $0.dealer) }
            if json {
                JSONLine(
                    ("ok", .bool(true)), ("quorum", .text(share.role.word)), ("level", .number(Int(share.level))),
                    ("index", .number(Int(share.index))), ("epoch", .number(Int(share.epoch))),
                    ("dealers", .list(dealers.map { .text($0) }))
                ).write()
            } else {
                print(
                    "Share \(share.index) of \(share.role.word), level \(share.level), epoch \(share.epoch), is in \(VisibleText.line(out))."
                )
                for dealer in dealers { print("Dealt by \(dealer).") }
            }
        }
    }
#endif
