public import IdentityTypes
package import RecordStorage

/// What became of a day's messages, by route, channel and country: counted from the records of the messages themselves, so that anybody who
/// has them counts the same.
public struct DeliveryReport: Hashable, Sendable {
    /// What a line is about.
    public struct Place: Hashable, Sendable {
        /// Empty of messages that were never handed to any.
        public let route: String
        public let channel: OutboundMessage.Channel
        /// ITU; 0 of e-mails.
        public let countryCallingCode: UInt16
        /// Names the numbers that begin alike, under a key of the host's; `nil` where all of a country are counted together.
        public let range: UInt64?
    }

    public struct Line: Hashable, Sendable {
        public let place: Place
        public internal(set) var messages = 0
        /// Parts that are paid for.
        public internal(set) var parts = 0
        /// Taken by the gateway, and no word since.
        public internal(set) var handedOver = 0
        public internal(set) var delivered = 0
        public internal(set) var failed = 0
        public internal(set) var notSent = 0
        /// Nobody knows whether they were sent.
        public internal(set) var unknown = 0
        /// Of those that were not certainly not sent, the ones with a code.
        public internal(set) var codes = 0
        /// After which a code was right.
        public internal(set) var completed = 0
        /// Of all that were not certainly not sent.
        public internal(set) var cost = Money.zero

        /// Completed of the codes, 0...1; `nil` without any.
        public var conversion: Double? { codes == 0 ? nil : Double(completed) / Double(codes) }

        mutating func count(_ delivery: MessageDelivery, at now: Timestamp) {
            messages += 1
            switch delivery.state(at: now) {
            case .handingOver, .handedOver: handedOver += 1
            case .delivered: delivered += 1
            case .failed: failed += 1
            case .notSent: notSent += 1
            case .unknown: unknown += 1
            }
            if delivery.completedAt != nil { completed += 1 }
            // Of a challenge: orders and answers have no code.
            if delivery.send > 0, delivery.isPaidFor { codes += 1 }
            guard delivery.isPaidFor else { return }
            parts += delivery.parts
            cost = cost + delivery.cost
        }
    }

    /// Days since 1970, UTC.
    public let day: Int
    /// The dearest first.
    public let lines: [Line]
    public var cost: Money { lines.reduce(.zero) { $0 + $1.cost } }

    init(day: Int, _ lines: some Collection<Line>) {
        self.day = day
        self.lines = lines.sorted {
            ($1.cost, $0.place.route, $0.place.countryCallingCode, $0.place.channel.rawValue, $0.place.range ?? 0)
                < ($0.cost, $1.place.route, $1.place.countryCallingCode, $1.place.channel.rawValue, $1.place.range ?? 0)
        }
    }
}

extension DeliveryLedger {
    /// Counts a day's messages.
    ///
    /// - Parameters:
    ///   - day: days since 1970, UTC.
    ///   - byRange: whether the numbers that begin alike are counted apart.
    /// - Complexity: linear in the messages of that day.
    package func report(on day: UInt32, byRange: Bool) async throws(StorageError) -> DeliveryReport {
        var lines: [DeliveryReport.Place: DeliveryReport.Line] = [:]
        let now = time.now()
        try await forEach(on: day) { delivery in
            let place = DeliveryReport.Place(
                route: delivery.route, channel: delivery.channel, countryCallingCode: delivery.countryCallingCode,
                range: byRange ? delivery.range : nil)
            lines[place, default: DeliveryReport.Line(place: place)].count(delivery, at: now)
        }
        return DeliveryReport(day: Int(day), lines.values)
    }
}
