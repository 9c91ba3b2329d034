#if Tool
    import ArgumentParser
    import Messaging
    import PhoneIdentity
    import RecordStorage
    import SQLiteStorage
    import SealedStore

    /// Tells a support desk what happened to a challenge.
    struct ExplainCommand: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain", abstract: "What happened to a challenge, for somebody who got no code.",
            discussion: """
                The reference is the one that the host's page shows (`ChallengeReceipt.reference`): 26 letters and digits. What is told holds no \
                number, and not whose it is. Messages are kept for 35 days, the challenge itself for about an hour.
                """)

        @Argument(help: "The challenge's reference; hyphens, spaces and capitals do not matter.") var reference: [String]
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Write one line of JSON.") var json = false

        func run() async throws {
            guard let reference = ChallengeReference(reference.joined()) else {
                throw Refusal.usage("A reference is 26 letters and digits 2 to 7, as the page shows them: ask for it again.")
            }
            let explanation = try await deliveryDesk(options).explain(reference)
            if json { line(explanation).write() } else { print(text(explanation), terminator: "") }
        }

        private func text(_ explanation: ChallengeExplanation) -> String {
            var lines = ["challenge \(explanation.reference): \(explanation.state.rawValue)"]
            if let facts = explanation.facts {
                lines.append(
                    "  \(facts.purpose) by \(facts.method.rawValue), begun \(facts.begunAt), good until \(facts.expiresAt); asked for \(facts.sends) times, "
                        + "\(facts.guesses) guesses, \(facts.triesLeft) left")
            }
            for delivery in explanation.deliveries {
                let place = delivery.region.isEmpty ? "+\(delivery.countryCallingCode)" : delivery.region
                let cause =
                    delivery.state.cause.map { " (\($0.rawValue)\(delivery.providerCode.isEmpty ? "" : ", \(delivery.providerCode)"))" }
                    ?? ""
                lines.append(
                    "  message \(delivery.send): \(delivery.channel.rawValue) to \(delivery.numberClass.isEmpty ? "a" : "a \(delivery.numberClass)") number in "
                        + "\(place) by \(delivery.route.isEmpty ? "no route yet" : delivery.route): "
                        + "\(delivery.state(at: explanation.time).name)\(cause) since \(delivery.changedAt)")
            }
            return (lines + explanation.advice.map { "→ \($0)" }).joined(separator: "\n") + "\n"
        }

        private func line(_ explanation: ChallengeExplanation) -> JSONLine {
            var fields: [(String, JSONLine.Value)] = [
                ("reference", .text(explanation.reference.text)), ("state", .text(explanation.state.rawValue)),
            ]
            if let facts = explanation.facts {
                fields += [
                    ("purpose", .text("\(facts.purpose)")), ("method", .text(facts.method.rawValue)),
                    ("begunAt", .text(facts.begunAt.description)), ("expiresAt", .text(facts.expiresAt.description)),
                    ("sends", .number(facts.sends)), ("guesses", .number(facts.guesses)), ("triesLeft", .number(facts.triesLeft)),
                    ("deliverable", .bool(facts.isDeliverable)),
                ]
            }
            let deliveries = explanation.deliveries.map { delivery in
                JSONLine.Value.object([
                    ("message", .number(delivery.send)), ("channel", .text(delivery.channel.rawValue)),
                    ("region", .text(delivery.region)), ("countryCallingCode", .number(Int(delivery.countryCallingCode))),
                    ("numberClass", .text(delivery.numberClass)), ("route", .text(delivery.route)),
                    ("state", .text(delivery.state(at: explanation.time).name)),
                    ("cause", .text(delivery.state.cause?.rawValue ?? "")), ("providerCode", .text(delivery.providerCode)),
                    ("recordedAt", .text(delivery.recordedAt.description)), ("changedAt", .text(delivery.changedAt.description)),
                    ("parts", .number(delivery.parts)), ("cost", .text(delivery.cost.description)),
                ])
            }
            fields += [("messages", .list(deliveries)), ("advice", .list(explanation.advice.map { .text($0) }))]
            return JSONLine(fields)
        }
    }

    /// What commands about deliveries read with: the identity store and the host's keyring.
    func deliveryDesk(_ options: ConfigurationOptions) async throws -> DeliveryDesk {
        let configuration = try options.configuration()
        let path = try configuration.required(configuration.hostKeyring, "hostKeyring", "--host-keyring")
        let partitions = try configuration.partitionCount()
        let store = try await openIdentityStore(configuration)
        let keyring = try HostKeyring(path: path, passphrase: try PassphraseOptions.read(options.hostPassphraseFd, of: path))
        return DeliveryDesk(store: store, keyring: keyring, partitions: partitions)
    }
#endif
