#if Tool
    import ArgumentParser
    import IdentityTypes
    import RecordStorage
    import SealedStore

    struct ApproveCommand: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Look at a request, and approve or deny it.",
            discussion: """
                Checks everything itself, with no database and no network, and shows who asks, why, for what and until when. The newest \
                roster that was seen is remembered in a file beside the keyring; older ones are refused. A denial needs no share and ends \
                the request.
                """)

        @Option(help: "The request.") var request: String
        @Option(help: "One's own keyring.") var keyring: String
        @Option(help: "One's own share; not needed to deny.") var share: String?
        @Flag(help: "Deny it instead.") var deny = false
        @Flag(help: "Do not ask for the word to be typed.") var yes = false
        @Option(help: "The file to write.") var out: String
        @OptionGroup var custodians: CustodianOptions
        @OptionGroup var passphrase: PassphraseOptions
        @Flag(help: "Write what was said as one line of JSON; the request is shown on standard error.") var json = false

        func validate() throws {
            guard deny || share != nil else { throw ValidationError("To approve takes a share: --share FILE.") }
        }

        func run() async throws {
            let (time, random) = (SystemTimeSource(), SystemRandomSource())
            var seen = try SeenRosters(besideKeyring: keyring)
            let file = try Files.message(request, RevealFile.init(bytes:))
            let review = try RevealReview(
                file, custodians: try custodians.required(), knownRoster: seen.number(of: file.request.deployment), at: time.now())
            try seen.note(review.roster)
            try Files.demandAbsent(out)
            let text = ReviewText.text(review)
            if json { StandardError.write(text) } else { StandardOutput.write(Array(text.utf8)) }
            if !yes {
                try Terminal.confirm(
                    deny ? "deny" : "approve",
                    deny ? "Denying ends this request." : "Approving gives your part of one opening of this record.")
            }
            let passphrase = try self.passphrase.passphrase(of: keyring)
            let person = try PersonKeyring(path: keyring, passphrase: passphrase)
            // The time is what it is once the person has decided.
            let approval: Approval
            if deny {
                approval = try review.deny(as: person, at: time.now())
            } else {
                let share = try QuorumShare(path: self.share ?? "", passphrase: passphrase)
                approval = try review.approve(as: person, with: share, at: time.now(), random: random)
            }
            try Files.create(out, approval.bytes)
            if json {
                JSONLine(
                    ("ok", .bool(true)), ("verdict", .text(deny ? "deny" : "approve")),
                    ("request", .text(Hexadecimal.encode(review.file.request.id))), ("level", .number(Int(approval.level))),
                    ("roster", .number(Int(review.roster.number)))
                ).write()
            } else {
                print(
                    "\(deny ? "Denied" : "Approved") by \(VisibleText.line(person.name)), level \(approval.level): \(VisibleText.line(out))."
                )
            }
        }
    }
#endif
