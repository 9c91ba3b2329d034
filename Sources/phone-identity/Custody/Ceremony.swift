#if Tool
    import ArgumentParser
    import AuditLog
    import IdentityTypes
    import RecordStorage
    import SealedStore

    struct CeremonyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ceremony", abstract: "Make the keyrings of a deployment.", subcommands: [Initial.self])

        struct Initial: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                commandName: "init", abstract: "Draw every key of a new deployment.",
                discussion: """
                    Writes host.keyring, keyservice.keyring, sender.keyring, log.keyring and, with custodians, opener.keyring, each \
                    for the party that holds it; log.pub, with which anyone checks the log; and host.card, for the roster. One \
                    passphrase opens all: `custody passphrase` gives each party its own. Without custodians nobody ever sees a number \
                    again.
                    """)

            @Option(help: "Where the files go; made when it is not there.") var directory: String
            @Option(help: "The log's name, such as example.com/phone-identity.") var origin: String
            @Option(help: "The deployment's id of `custody new-deployment`. Drawn when it is missing.") var deployment: String?
            @OptionGroup var custodians: CustodianOptions
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write what was made as one line of JSON.") var json = false

            func run() async throws {
                let random = SystemRandomSource()
                let set = try custodians.named()
                let cards = try custodians.cards()
                let deployment = try self.deployment.map(DeploymentText.read) ?? cards.first?.deployment ?? DeploymentID(random: random)
                guard cards.allSatisfy({ $0.deployment == deployment }) else {
                    throw Refusal("A custodian's card is of another deployment: name the one of the cards with --deployment.")
                }
                try Files.demandAbsent("\(directory)/host.keyring")
                try DurableFile.createDirectory(directory, mode: 0o700)
                let passphrase = try self.passphrase.newPassphrase(for: "the deployment's keyrings")
                let ceremony = KeyringCeremony(origin: origin, custodians: set)
                try ceremony.perform(
                    directory: directory, deployment: deployment, passphrase: passphrase, random: random)
                let log = try LogKeyring(path: "\(directory)/log.keyring", passphrase: passphrase)
                let key = try LogSigner(name: log.origin, seed: log.seed, heads: FileSignerHeadStore(path: "\(directory)/log.head")).key
                try Files.create("\(directory)/log.pub", Array((key.text + "\n").utf8), mode: 0o644)
                let host = try HostKeyring(path: "\(directory)/host.keyring", passphrase: passphrase)
                try Files.create("\(directory)/host.card", host.card.bytes, mode: 0o644)
                report(deployment, key, ceremony)
            }

            private func report(_ deployment: DeploymentID, _ key: LogKey, _ ceremony: KeyringCeremony) {
                let id = Hexadecimal.encode(deployment.bytes)
                if json {
                    return JSONLine(("ok", .bool(true)), ("deployment", .text(id)), ("logKey", .text(key.text))).write()
                }
                print("Deployment \(id): \((ceremony.fileNames + ["log.pub", "host.card"]).joined(separator: ", ")) are in \(directory).")
                guard let custodians = ceremony.custodians else {
                    return print("No custodians: no roster is ever taken, and nobody sees a number again.")
                }
                print("Rosters need \(custodians.threshold) of these custodians:")
                for key in custodians.keys { print("  \(Fingerprint.text(of: key))") }
            }
        }
    }
#endif
