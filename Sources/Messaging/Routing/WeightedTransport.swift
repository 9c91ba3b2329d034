public import IdentityTypes
public import RecordStorage
import Synchronization

/// How traffic is divided between routes that can all take it.
public struct RoutePolicy: Hashable, Sendable {
    /// The share of messages, of a thousand, that goes to a route other than the best, so that it is known how that one does: 0...500.
    public var exploration = 50
    /// As many completed of as many sent are counted to each route at the beginning, so that one lucky message proves nothing.
    public var assumedCompletions = 6.0
    public var assumedMessages = 10.0
    /// After as many messages to a country, what came before counts half.
    public var memory = 500.0

    public init() {}
}

/// Divides messages between routes by what a completed verification costs there: the price of a message divided by how often one leads to a right
/// code, for each country and channel, as it was lately.
///
/// Ask ``FallbackTransport`` to try another route after a failure; this one chooses once. What is learnt is in memory, and learnt anew by each process.
public final class WeightedTransport: MessageTransport {
    /// A route, and what it asks.
    public struct Route: Sendable {
        public let transport: any MessageTransport
        /// Of one part, by ITU country calling code.
        public var prices: [UInt16: Money]
        /// Of every other country.
        public var otherwise: Money

        public init(_ transport: any MessageTransport, prices: [UInt16: Money] = [:], otherwise: Money) {
            (self.transport, self.prices, self.otherwise) = (transport, prices, otherwise)
        }

        func price(_ country: UInt16) -> Money { prices[country] ?? otherwise }
    }

    private struct Place: Hashable {
        let route: Int
        let country: UInt16
        let channel: OutboundMessage.Channel
    }

    private struct Record {
        var sent = 0.0
        var completed = 0.0
    }

    private let routes: [Route]
    private let policy: RoutePolicy
    private let random: any RandomSource
    private let records = Mutex<[Place: Record]>([:])
    /// Which route a name in a receipt belongs to: a route may be made of several.
    private let owners = Mutex<[String: Int]>([:])
    public let name: String
    public let capabilities: TransportCapabilities

    /// - Parameter routes: at least one, each with a name of its own.
    public init(
        _ routes: [Route], name: String = "weighted", policy: RoutePolicy = RoutePolicy(), random: any RandomSource = SystemRandomSource()
    ) {
        precondition(!routes.isEmpty, "There is at least one route to choose from.")
        (self.routes, self.policy, self.random, self.name) = (routes, policy, random, name)
        capabilities = TransportCapabilities(all: routes.map(\.transport.capabilities))
    }

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let able = routes.indices.filter { routes[$0].transport.capabilities.serve(message) }
        guard let chosen = choose(among: able, for: message) else {
            throw TransportError(.unsupported, "No route takes messages of this kind to this country: add one.")
        }
        let country = message.destination.countryCallingCode
        let place = Place(route: chosen, country: country, channel: message.channel)
        var receipt: MessageReceipt
        do { receipt = try await routes[chosen].transport.send(message) } catch {
            // One that fails leads to no right code either.
            if error.isOfRoute, !Task.isCancelled { noteSent(place) }
            throw error
        }
        noteSent(place)
        owners.withLock { $0[receipt.route] = chosen }
        if receipt.price == nil { receipt.price = routes[chosen].price(country) * max(message.parts, receipt.gatewayIDs.count) }
        return receipt
    }

    private func noteSent(_ place: Place) {
        records.withLock { records in
            var record = records[place] ?? Record()
            if record.sent >= policy.memory { record = Record(sent: record.sent / 2, completed: record.completed / 2) }
            record.sent += 1
            records[place] = record
        }
    }

    /// The cheapest by completed verification; sometimes another, drawn.
    private func choose(among able: [Int], for message: OutboundMessage) -> Int? {
        let country = message.destination.countryCallingCode
        let costs = records.withLock { records in
            able.map { route -> (route: Int, cost: Double) in
                let record = records[Place(route: route, country: country, channel: message.channel)] ?? Record()
                let conversion = (record.completed + policy.assumedCompletions) / (record.sent + policy.assumedMessages)
                return (route, Double(max(routes[route].price(country).micros, 1)) / max(conversion, 0.001))
            }
        }
        guard let best = costs.min(by: { $0.cost < $1.cost }) else { return nil }
        let others = costs.filter { $0.route != best.route }
        guard !others.isEmpty, random.number(below: 1_000) < UInt64(min(max(policy.exploration, 0), 500)) else { return best.route }
        return others[Int(random.number(below: UInt64(others.count)))].route
    }

    public func run(_ events: any TransportEventHandler) async { await routes.map(\.transport).run(events) }

    public func note(_ feedback: RouteFeedback) {
        for route in routes { route.transport.note(feedback) }
        guard feedback.event == .completed, let index = owners.withLock({ $0[feedback.route] }) else { return }
        let place = Place(route: index, country: feedback.countryCallingCode, channel: feedback.channel)
        records.withLock { records in
            guard var record = records[place] else { return }
            record.completed = min(record.completed + 1, record.sent)
            records[place] = record
        }
    }
}
