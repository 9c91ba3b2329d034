#if Tool
    import ArgumentParser

    struct CustodyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "custody", abstract: "The people of the custody: their keys, their shares, and the roster that names them.",
            subcommands: [
                NewDeployment.self, MakePerson.self, MakeTrust.self, DealShares.self, ReceiveShare.self, ReshareShare.self,
                RosterCommand.self, ChangePassphrase.self,
            ])
    }
#endif
