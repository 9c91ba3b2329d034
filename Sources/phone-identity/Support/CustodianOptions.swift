#if Tool
    import ArgumentParser
    import IdentityTypes
    import SealedStore

    /// Whose signatures make a roster: a trust file, or the custodians' cards.
    struct CustodianOptions: ParsableArguments {
        @Option(help: "The file of `custody trust`, in place of the cards.")
        var trust: String?
        @Option(
            name: [.customLong("custodian"), .customLong("custodians")], parsing: .upToNextOption,
            help: "The cards of all custodians.")
        var custodian: [String] = []
        @Option(help: "How many of the custodians must have signed; at least 2.")
        var custodianThreshold: Int?

        func validate() throws {
            guard trust == nil || (custodian.isEmpty && custodianThreshold == nil) else {
                throw ValidationError("Say --trust, or the custodians' cards and their threshold, not both.")
            }
            guard custodian.isEmpty == (custodianThreshold == nil) else {
                throw ValidationError("--custodian CARD… and --custodian-threshold K belong together.")
            }
        }

        /// `nil` when none were named.
        func named() throws -> CustodianSet? {
            if let trust { return try CustodianSet(bytes: try Files.bytes(of: trust, limit: 65_536)) }
            guard let custodianThreshold else { return nil }
            return try CustodianSet(threshold: custodianThreshold, keys: try cards().map(\.signingKey))
        }

        /// - Throws: ``Refusal`` when none were named.
        func required() throws -> CustodianSet {
            guard let custodians = try named() else {
                throw Refusal.usage("Say who signs rosters: --trust FILE, or --custodian CARD… and --custodian-threshold K.")
            }
            return custodians
        }

        func cards() throws -> [PersonCard] { try custodian.map(Cards.read) }
    }

    enum Cards {
        static func read(_ path: String) throws -> PersonCard { try Files.message(path, PersonCard.init(bytes:)) }
    }
#endif
