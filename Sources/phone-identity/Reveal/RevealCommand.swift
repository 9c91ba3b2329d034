#if Tool
    import ArgumentParser

    struct RevealCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reveal", abstract: "The opener's work: prepare a request, record it, open the record.",
            discussion: """
                The configuration is a JSON file: {"identityStore": "identity.sqlite", "hostKeyring": "host.keyring", "log": "log", \
                "logKey": "log.pub", "roster": "roster", "partitions": 256, "keyService": {"inProcess": {"store": "shred.sqlite", \
                "keyring": "keyservice.keyring"}}}. Its paths start from its directory; flags go before it.
                """,
            subcommands: [Prepare.self, Register.self, Open.self])
    }
#endif
