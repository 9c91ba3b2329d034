#if Tool
    import ArgumentParser
    import IdentityTypes
    import RecordStorage
    import SealedStore

    struct ReviewCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "review", abstract: "Look back at an opening by people on call, within seven days.",
            discussion: """
                One person of each level of the standard quorum signs what they found, none of whom had a part in the opening; the host \
                hands it in. Without it the key service soon releases nothing more for people on call.
                """,
            subcommands: [Sign.self, Submit.self])

        enum VerdictName: String, CaseIterable, ExpressibleByArgument {
            case justified
            case notJustified = "not-justified"

            var verdict: BreakGlassReview.Verdict { self == .justified ? .justified : .notJustified }
        }

        struct Sign: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Sign what was found.",
                discussion: "The second person names the first one's file with --with, and signs the same verdict and text.")

            @Option(help: "The request that was opened.") var request: String
            @Option(help: "What was found: justified or not-justified.") var verdict: VerdictName
            @Option(help: "The file that says why; the log holds its digest alone.") var text: String
            @Option(help: "The review as the other person signed it.") var with: String?
            @Option(help: "One's own keyring.") var keyring: String
            @Option(help: "The file to write.") var out: String
            @OptionGroup var passphrase: PassphraseOptions
            @Flag(help: "Write what was signed as one line of JSON.") var json = false

            func run() async throws {
                let request = try Files.message(self.request, RevealFile.init(bytes:)).request
                let text = try Files.text(of: self.text, limit: RevealFile.caseLimit + 1)
                guard (1...RevealFile.caseLimit).contains(text.utf8.count) else {
                    throw Refusal("A finding says why, in 1 to \(RevealFile.caseLimit) bytes.")
                }
                guard request.role == .breakGlass else {
                    throw Refusal("This request was for the standard quorum, whose openings need no review.")
                }
                try Files.demandAbsent(out)
                let person = try PersonKeyring(path: keyring, passphrase: try passphrase.passphrase(of: keyring))
                guard person.deployment == request.deployment else { throw Refusal("The keyring is of another deployment.") }
                var review = BreakGlassReview(
                    of: request.digest, deployment: request.deployment, verdict: verdict.verdict, text: text, at: SystemTimeSource().now())
                if let with {
                    let other = try Files.message(with, BreakGlassReview.init(bytes:))
                    guard other.requestDigest == review.requestDigest, other.verdict == review.verdict,
                        other.textDigest == review.textDigest
                    else { throw Refusal("\(with) has another request, verdict or text: agree on one first.") }
                    review = other
                }
                try Files.create(out, review.signed(by: person).bytes)
                if json {
                    JSONLine(
                        ("ok", .bool(true)), ("verdict", .text(verdict.rawValue)),
                        ("fingerprint", .text(Fingerprint.text(of: review.digest)))
                    ).write()
                } else {
                    print("Signed by \(VisibleText.line(person.name)), \(verdict.rawValue): \(VisibleText.line(out)).")
                }
            }
        }

        struct Submit: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Hand a review in, and record it in the log.", discussion: "Done twice, it is recorded once.")

            @Option(help: "The request that was opened.") var request: String
            @Option(help: "The review, signed by both.") var review: String
            @OptionGroup var options: ConfigurationOptions
            @Flag(help: "Write what was done as one line of JSON.") var json = false

            func run() async throws {
                let file = try Files.message(request, RevealFile.init(bytes:))
                let review = try Files.message(self.review, BreakGlassReview.init(bytes:))
                try await HostsRegistry(options).registry.review(review, of: file)
                let id = Hexadecimal.encode(file.request.id)
                if json {
                    JSONLine(("ok", .bool(true)), ("request", .text(id))).write()
                } else {
                    print("The opening of request \(id) is reviewed.")
                }
            }
        }
    }
#endif
