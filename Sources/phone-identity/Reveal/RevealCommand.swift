#if Tool
    import ArgumentParser

    struct RevealCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reveal", abstract: "The opener's work: prepare a request, open the record.",
            discussion: """
                The configuration is a JSON file: {"identityStore": "identity.sqlite", "openerKeyring": "opener.keyring", "log": "log", \
                "logKey": "log.pub", "roster": "roster", "partitions": 256, "keyService": {"remote": {"socket": \
                "keyservice.sock"}}}. Its paths start from its directory; flags go before it.
                """,
            subcommands: [Prepare.self, Open.self])
    }
#endif
