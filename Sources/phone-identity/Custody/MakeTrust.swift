#if Tool
    import ArgumentParser
    import SealedStore

    struct MakeTrust: ParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "trust", abstract: "Note whose signatures make a roster, for --trust of other commands.",
            discussion: "Compare the fingerprints with what the custodians themselves say: all later checks rest on this file.")

        @Option(
            name: [.customLong("custodian"), .customLong("custodians")], parsing: .upToNextOption,
            help: "The cards of all custodians.")
        var custodian: [String]
        @Option(help: "How many of them must have signed; at least 2.") var custodianThreshold: Int
        @Option(help: "The file to write.") var out: String
        @Flag(help: "Write what was noted as one line of JSON.") var json = false

        func run() throws {
            let cards = try custodian.map(Cards.read)
            guard Set(cards.map(\.deployment)).count <= 1 else { throw Refusal("The cards are of different deployments.") }
            let set = try CustodianSet(threshold: custodianThreshold, keys: cards.map(\.signingKey))
            try Files.create(out, set.bytes, mode: 0o644)
            if json {
                let fingerprints = cards.map { card in
                    JSONLine.Value.object([("name", .text(card.name)), ("fingerprint", .text(Fingerprint.text(of: card.signingKey)))])
                }
                JSONLine(("ok", .bool(true)), ("threshold", .number(set.threshold)), ("custodians", .list(fingerprints))).write()
            } else {
                print("A roster needs \(set.threshold) of these \(set.keys.count) custodians:")
                for card in cards { print("  \(Fingerprint.text(of: card.signingKey))  \(VisibleText.line(card.name))") }
            }
        }
    }
#endif
