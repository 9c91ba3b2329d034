#if Tool
    import ArgumentParser
    import Messaging
    import PhoneIdentity
    import RecordStorage

    /// A day's messages by route and country, with what they cost: the daily cost report.
    struct DeliveriesCommand: AsyncParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "deliveries", abstract: "What became of a day's messages, and what they cost.",
            discussion: """
                One line for each route, channel and country, the dearest first. Counted from the records of the messages themselves. Money is in the \
                currency of the host's tariff.
                """)

        @Option(help: "The day, UTC, such as 2026-11-29; yesterday unless said.") var day: String?
        @Flag(help: "Count the numbers that begin alike apart.") var byRange = false
        @OptionGroup var options: ConfigurationOptions
        @Flag(help: "Write one line of JSON for each, and one for the sum.") var json = false

        func run() async throws {
            let number: Int
            if let day {
                guard let end = Days.end(of: day) else { throw Refusal.usage("A day is written 2026-11-29.") }
                number = Int(end.milliseconds / 86_400_000) - 1
            } else {
                number = Int(SystemTimeSource().now().milliseconds / 86_400_000) - 1
            }
            let report = try await deliveryDesk(options).report(on: number, byRange: byRange)
            json ? writeJSON(report) : writeText(report)
        }

        private func place(_ line: DeliveryReport.Line) -> String {
            let country = line.place.countryCallingCode == 0 ? "-" : "+\(line.place.countryCallingCode)"
            return country + (line.place.range.map { " " + Hexadecimal.encode(withUnsafeBytes(of: $0.bigEndian) { Array($0) }) } ?? "")
        }

        private func writeText(_ report: DeliveryReport) {
            for line in report.lines {
                let conversion = line.conversion.map { "\(Int(($0 * 100).rounded()))" } ?? "-"
                print(
                    "\(line.place.route.isEmpty ? "-" : line.place.route) \(line.place.channel.rawValue) \(place(line)): \(line.messages) messages, "
                        + "\(line.delivered) delivered, \(line.handedOver) handed over, \(line.failed) failed, \(line.notSent) not sent, "
                        + "\(line.unknown) unknown; \(line.completed) completed (\(conversion) %); \(line.parts) parts, cost \(line.cost)")
            }
            print("cost \(report.cost)")
        }

        private func writeJSON(_ report: DeliveryReport) {
            for line in report.lines {
                JSONLine(
                    ("route", .text(line.place.route)), ("channel", .text(line.place.channel.rawValue)), ("place", .text(place(line))),
                    ("messages", .number(line.messages)), ("delivered", .number(line.delivered)), ("handedOver", .number(line.handedOver)),
                    ("failed", .number(line.failed)), ("notSent", .number(line.notSent)), ("unknown", .number(line.unknown)),
                    ("completed", .number(line.completed)), ("parts", .number(line.parts)), ("cost", .text(line.cost.description))
                ).write()
            }
            JSONLine(("cost", .text(report.cost.description))).write()
        }
    }
#endif
