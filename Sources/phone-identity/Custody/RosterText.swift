#if Tool
    import IdentityTypes
    import RecordStorage
    import SealedStore

    /// All that a roster says, for custodians to read before they sign.
    enum RosterText {
        static func text(_ roster: Roster) -> String {
            let now = SystemTimeSource().now()
            var lines = [
                "Roster \(roster.number) of deployment \(Hexadecimal.encode(roster.deployment.bytes)), issued \(roster.issuedAt).",
                "Its fingerprint is \(Fingerprint.text(of: roster.digest)).",
                "The host's key is \(Fingerprint.text(of: roster.hostKey)).",
                roster.previous.allSatisfy { $0 == 0 }
                    ? "It follows no other." : "It follows the one with fingerprint \(Fingerprint.text(of: roster.previous)).",
                "",
            ]
            for quorum in roster.quorums {
                lines.append("Quorum \(quorum.role.word), key \(Fingerprint.text(of: quorum.key.element)): both levels must agree.")
                for (place, level) in quorum.levels.enumerated() {
                    lines.append(
                        "  Level \(place + 1): \(level.threshold) of \(level.members.count), epoch \(level.epoch), for "
                            + level.purposes.map(RevealPurposeName.word).joined(separator: ", ") + ".")
                    lines.append("    key \(Fingerprint.text(of: level.key.element)), first dealt by \(Fingerprint.text(of: level.dealer))")
                    lines += level.members.map { "    \(VisibleText.line(roster.persons[$0].name))" }
                }
                lines.append("")
            }
            lines.append("Persons:")
            for person in roster.persons {
                lines.append("  \(VisibleText.line(person.name))  \(Fingerprint.text(of: person.signingKey))")
                lines.append("    \(powers(person).joined(separator: ", "))")
                let standing = person.isInForce(at: now) ? "" : "  LAPSED: every client refuses this person"
                lines.append("    trained until \(person.trainedUntil), vetted until \(person.vettedUntil)\(standing)")
            }
            return lines.map { "\($0)\n" }.joined() + "\n"

            func powers(_ person: Roster.Person) -> [String] {
                var powers: [String] = []
                if person.mayRequest { powers.append("requests") }
                if person.mayOpen { powers.append("opens") }
                for quorum in roster.quorums {
                    for (place, level) in quorum.levels.enumerated()
                    where level.members.contains(where: { roster.persons[$0] == person }) {
                        powers.append("approves (\(quorum.role.word), level \(place + 1))")
                    }
                }
                return powers.isEmpty ? ["no powers"] : powers
            }
        }

        static func json(_ roster: Roster, _ more: (String, JSONLine.Value)...) -> JSONLine { json(roster, more) }

        static func json(_ roster: Roster, _ more: [(String, JSONLine.Value)]) -> JSONLine {
            let quorums = roster.quorums.map { quorum in
                JSONLine.Value.object([
                    ("quorum", .text(quorum.role.word)), ("key", .text(Fingerprint.text(of: quorum.key.element))),
                    (
                        "levels",
                        .list(
                            quorum.levels.map { level in
                                .object([
                                    ("threshold", .number(level.threshold)), ("epoch", .number(Int(level.epoch))),
                                    ("purposes", .list(level.purposes.map { .text(RevealPurposeName.word($0)) })),
                                    ("members", .list(level.members.map { .text(roster.persons[$0].name) })),
                                ])
                            })
                    ),
                ])
            }
            let persons = roster.persons.map { person in
                JSONLine.Value.object([
                    ("name", .text(person.name)), ("fingerprint", .text(Fingerprint.text(of: person.signingKey))),
                    ("requests", .bool(person.mayRequest)), ("opens", .bool(person.mayOpen)),
                    ("trainedUntil", .text(person.trainedUntil.description)), ("vettedUntil", .text(person.vettedUntil.description)),
                ])
            }
            return JSONLine(
                more + [
                    ("number", .number(Int(roster.number))), ("deployment", .text(Hexadecimal.encode(roster.deployment.bytes))),
                    ("issuedAt", .text(roster.issuedAt.description)), ("fingerprint", .text(Fingerprint.text(of: roster.digest))),
                    ("host", .text(Fingerprint.text(of: roster.hostKey))), ("quorums", .list(quorums)), ("persons", .list(persons)),
                ])
        }
    }
#endif
