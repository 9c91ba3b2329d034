#if Tool
    import ArgumentParser
    import IdentityTypes
    import RecordStorage
    import SealedStore

    // What the host's machine does for a request.

    extension RequestCommand {
        struct Attest: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Have the host say whose record a pseudonym leads to.",
                discussion: "The opener prepares a request with it, and approvers see the pseudonym. It is good for seven days.")

            @Option(help: "The person, as the host or one of its systems knows them: u_….") var pseudonym: String
            @Option(help: "The file to write.") var out: String
            @OptionGroup var options: ConfigurationOptions
            @Flag(help: "Write what was attested as one line of JSON.") var json = false

            func run() async throws {
                guard let pseudonym = Pseudonym(rawValue: pseudonym) else {
                    throw Refusal.usage("A pseudonym is `u_` and 32 characters of a to z and 2 to 7.")
                }
                try Files.demandAbsent(out)
                let attestation = try await HostsRegistry(options).registry.attest(pseudonym)
                try Files.create(out, attestation.bytes)
                if json {
                    JSONLine(("ok", .bool(true)), ("attestation", .text(out)), ("issuedAt", .text(attestation.issuedAt.description)))
                        .write()
                } else {
                    print("\(VisibleText.line(out)) is for the opener.")
                }
            }
        }

        struct Register: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Record in the log that people ask for a number.",
                discussion: "`reveal open` does it too, where it was not done before; done twice, it is recorded once.")

            @Option(help: "The signed request.") var request: String
            @OptionGroup var options: ConfigurationOptions
            @Flag(help: "Write what was done as one line of JSON.") var json = false

            func run() async throws {
                let file = try Files.message(request, RevealFile.init(bytes:))
                try await HostsRegistry(options).registry.register(file)
                report(file.request, "is recorded", json)
            }
        }

        struct Deny: AsyncParsableCommand, JSONCommand {
            static let configuration = CommandConfiguration(
                abstract: "Hand in a denial, which ends a request, and record it in the log.",
                discussion: "So it does not rest on the opener that a veto is heard. Done twice, it is recorded once.")

            @Option(help: "The signed request.") var request: String
            @Option(parsing: .upToNextOption, help: "The denials of `approve --deny`.") var denial: [String]
            @OptionGroup var options: ConfigurationOptions
            @Flag(help: "Write what was done as one line of JSON.") var json = false

            func run() async throws {
                let file = try Files.message(request, RevealFile.init(bytes:))
                let denials = try denial.map(Approvals.read)
                try await HostsRegistry(options).registry.deny(file, denials)
                report(file.request, "is denied and over", json)
            }
        }
    }

    private func report(_ request: RevealRequest, _ what: String, _ json: Bool) {
        let id = Hexadecimal.encode(request.id)
        if json { JSONLine(("ok", .bool(true)), ("request", .text(id))).write() } else { print("Request \(id) \(what).") }
    }

    enum Approvals {
        static func read(_ path: String) throws -> Approval { try Files.message(path, Approval.init(bytes:)) }
    }
#endif
