#if Tool
    import IdentityTypes
    import RecordStorage
    import SealedStore

    /// The newest roster that the owner of a keyring has seen, in a file beside it: nobody is shown an older one again.
    ///
    /// A line `roster DEPLOYMENT NUMBER DIGEST` for each deployment, id and digest in hexadecimal.
    struct SeenRosters {
        private let path: String
        private var newest: [DeploymentID: (number: UInt32, digest: [UInt8])] = [:]

        init(besideKeyring keyring: String) throws {
            path = keyring + ".seen"
            guard let bytes = try DurableFile.contents(of: path, limit: 65_536) else { return }
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count == 4, words[0] == "roster",
                    let deployment = Hexadecimal.decode(words[1]).flatMap(DeploymentID.init(bytes:)),
                    let number = UInt32(words[2]), let digest = Hexadecimal.decode(words[3]), digest.count == 32
                else {
                    throw Refusal(
                        "\(path) is not as this tool wrote it: ask the custodians for the newest roster's number before you remove it.")
                }
                newest[deployment] = (number, digest)
            }
        }

        /// 0 where none was seen.
        func number(of deployment: DeploymentID) -> UInt32 { newest[deployment]?.number ?? 0 }

        /// Notes a roster whose signatures were checked; of two with one number only the first is ever taken.
        mutating func note(_ roster: Roster) throws {
            if let known = newest[roster.deployment] {
                guard roster.number >= known.number else {
                    throw Refusal(
                        "Roster \(known.number) is known, and this is \(roster.number): use the newest.", code: "vault.rosterOutdated")
                }
                guard roster.number > known.number || roster.digest == known.digest else {
                    throw Refusal(
                        "Another roster \(roster.number) was seen before: ask the custodians which one is theirs.",
                        code: "vault.rosterOutdated")
                }
                if roster.number == known.number { return }
            }
            newest[roster.deployment] = (roster.number, roster.digest)
            let lines = newest.map { deployment, seen in
                "roster \(Hexadecimal.encode(deployment.bytes)) \(seen.number) \(Hexadecimal.encode(seen.digest))\n"
            }
            try DurableFile.replace(path, with: Array(lines.sorted().joined().utf8), mode: 0o600)
        }
    }
#endif
