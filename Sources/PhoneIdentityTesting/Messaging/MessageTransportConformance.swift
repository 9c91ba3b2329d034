import CryptoPrimitives
import IdentityTypes
public import Messaging
import RecordStorage

/// Checks that a transport keeps the contract of `MessageTransport`: what it takes arrives once and as it is, what it says of the rest is true, and nothing
/// it says holds a number or a word of a message.
///
/// ```swift
/// @Test func conformance() async throws {
///     let gateway = try await MyGatewayInATest()
///     try await MessageTransportConformance(MyTransport(gateway.address)) { try await gateway.messages() }.run()
/// }
/// ```
///
/// The transport sends to a gateway of yours that a test can look into: never to people. Works with any test library, or none: it throws. While the
/// checks run, ``MessageTransport/run(_:)`` of the transport runs beside them.
public struct MessageTransportConformance: Sendable {
    /// A message as the gateway got it.
    public struct Arrival: Hashable, Sendable {
        /// E.164 with `+`, or an e-mail address.
        public let recipient: String
        public let text: String

        public init(recipient: String, text: String) { (self.recipient, self.text) = (recipient, text) }
    }

    private let transport: any MessageTransport
    private let arrivals: @Sendable () async throws -> [Arrival]

    /// - Parameters:
    ///   - transport: as a host uses it. The checks send texts by it, or letters where it takes no texts.
    ///   - arrivals: every message that the gateway has got so far.
    public init(_ transport: any MessageTransport, arrivals: @escaping @Sendable () async throws -> [Arrival]) {
        self.transport = transport
        self.arrivals = arrivals
    }

    /// Runs every check. Takes some seconds.
    ///
    /// - Throws: ``ConformanceFailure`` with a sentence for each check that failed; what the closure throws.
    public func run() async throws {
        let failures = try await withThrowingTaskGroup(of: [String]?.self) { group in
            group.addTask {
                await transport.run(IgnoringHandler())
                return nil
            }
            group.addTask { try await self.failures() }
            defer { group.cancelAll() }
            while let found = try await group.next() {
                if let found { return found }
            }
            return []
        }
        guard failures.isEmpty else { throw ConformanceFailure(of: "MessageTransport", failures: failures) }
    }

    private var channel: OutboundMessage.Channel { transport.capabilities.channels.contains(.sms) ? .sms : .email }

    private func failures() async throws -> [String] {
        var failures: [String] = []
        for (name, check) in checks {
            do { try await check() } catch let broken as BrokenContract { failures.append("\(name): \(broken.reason)") }
        }
        return failures
    }

    private var checks: [(String, () async throws -> Void)] {
        [
            ("name and capabilities", describesItself), ("a message", sendsOne), ("words of every kind", sendsEveryText),
            ("many at once", sendsMany), ("a wiped message", refusesWiped), ("a channel that it lacks", refusesOtherChannels),
            ("a message sent twice", keepsRepeatsApart), ("a cancelled call", endsWhenCancelled),
        ]
    }

    // MARK: The checks

    private func describesItself() async throws {
        let name = transport.name
        let isPlain = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
        }
        try demand((1...32).contains(name.utf8.count) && isPlain, "its name is not 1 to 32 ASCII letters, digits and hyphens")
        try demand(!transport.capabilities.channels.isEmpty, "it takes messages of no channel")
        try demand(transport.capabilities.concurrency > 0, "it takes no message at a time")
    }

    private func sendsOne() async throws {
        let sent = message("Example: your code is 493817.")
        let receipt = try await send(sent)
        try demand(!receipt.gatewayIDs.isEmpty, "its receipt names no message, so that none can come back for it")
        try demand(receipt.gatewayIDs.allSatisfy { (1...128).contains($0.utf8.count) }, "its names of a message are not 1 to 128 bytes")
        try demand((1...32).contains(receipt.route.utf8.count), "its receipt names no route of 1 to 32 bytes")
        try await arrives(sent, times: 1)
    }

    private func sendsEveryText() async throws {
        let texts = [
            "A", "Grüße, Ødegård: £5 ^{~}€ 493817", "رمزك هو 493817", "認証コード 493817", "👩🏽‍🚀 493817", String(repeating: "493817 ", count: 120),
        ]
        for text in texts {
            let sent = message(text)
            _ = try await send(sent)
            try await arrives(sent, times: 1)
        }
    }

    private func sendsMany() async throws {
        let sent = (0..<64).map { message("Example: your code is \(200_000 + $0).") }
        let ids = await withTaskGroup(of: [String].self) { group in
            for one in sent { group.addTask { (try? await send(one))?.gatewayIDs ?? [] } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        try demand(Set(ids).count == ids.count && ids.count >= sent.count, "of 64 messages at once some were not taken, or share a name")
        for one in sent { try await arrives(one, times: 1) }
    }

    private func refusesWiped() async throws {
        let sent = message("Example: your code is 471104.")
        sent.outbound.wipe()
        try await fails(sent, with: [.refused], "a message that was wiped")
    }

    private func refusesOtherChannels() async throws {
        for channel in OutboundMessage.Channel.allCases where !transport.capabilities.channels.contains(channel) {
            try await fails(message("Example: your code is 471105.", channel), with: [.unsupported], "a message by \(channel.rawValue)")
        }
    }

    private func keepsRepeatsApart() async throws {
        let sent = message("Example: your code is 471106.")
        _ = try await send(sent)
        _ = try? await send(sent)
        try await arrives(sent, times: transport.capabilities.refusesRepeats ? 1 : 2)
    }

    private func endsWhenCancelled() async throws {
        let sent = message("Example: your code is 471107.")
        let isEnded = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                // In a group of its own: what is added to one that is cancelled is cancelled too, and so would be the clock beside it.
                await withTaskGroup(of: Void.self) { cancelled in
                    cancelled.addTask { _ = try? await send(sent) }
                    cancelled.cancelAll()
                }
                return true
            }
            group.addTask {
                try? await SystemTimeSource().sleep(for: .seconds(20))
                return false
            }
            let isEnded = await group.next() ?? false
            group.cancelAll()
            return isEnded
        }
        try demand(isEnded, "a call whose task was cancelled goes on for more than 20 seconds")
    }

    // MARK: Words for them

    private struct Sent: Sendable {
        let outbound: OutboundMessage
        let arrival: Arrival
        var secrets: [String] { [String(arrival.recipient.dropFirst()), arrival.text, "493817", "47110"] }
    }

    private func message(_ text: String, _ channel: OutboundMessage.Channel? = nil) -> Sent {
        let (random, channel) = (SystemRandomSource(), channel ?? self.channel)
        let owner = random.bytes(16)
        // Of numbers that Ofcom keeps for drama: nobody's.
        let number = "447700900" + String(100 + Int(random.number(below: 900)))
        let address = "\(Hexadecimal.encode(owner))@example.com"
        let grant = Grant<Purposes.Verification>(
            token: Purposes.Verification.token, id: random.bytes(16), subject: nil, basis: .challenge(owner),
            expiresAt: SystemTimeSource().now() + .seconds(60))
        let digits = Array(number.utf8)
        let recipient: OutboundMessage.Recipient
        if channel == .email {
            recipient = .address(SecretBytes(copying: Array(address.utf8)))
        } else {
            guard let secret = digits.span.withUnsafeBufferPointer({ try? SecretNumber(digits: $0) }) else {
                preconditionFailure("Twelve digits are a number.")
            }
            recipient = .number(secret)
        }
        let script = VoiceScript(language: "en", prompt: "Press any key.", parts: [.digits(pause: 600)], repeats: 1)
        let words = MessageWords(
            code: SecretBytes(copying: Array("493817".utf8)), language: "en", subject: channel == .email ? "Your code" : nil,
            script: channel == .voice ? script : nil
        ) { _ in SecretBytes(copying: Array(text.utf8)) }
        let outbound = OutboundMessage(
            to: recipient, words, channel: channel,
            destination: channel == .email ? .unknown : MessageDestination(countryCallingCode: 44, region: "GB", lineType: .mobile),
            grant: grant,
            name: MessageName(owner: owner, send: 1))
        grant.spend()
        return Sent(outbound: outbound, arrival: Arrival(recipient: channel == .email ? address : "+" + number, text: text))
    }

    private func demand(_ holds: Bool, _ otherwise: String) throws(BrokenContract) {
        if !holds { throw BrokenContract(reason: otherwise) }
    }

    private func send(_ sent: Sent) async throws(BrokenContract) -> MessageReceipt {
        // A connection may take a moment to come up.
        for attempt in 1...20 {
            do { return try await transport.send(sent.outbound) } catch {
                try saysNothing(error, of: sent)
                guard error.code == .notSent, attempt < 20 else { throw BrokenContract(reason: "it was not taken: \(error.code.rawValue)") }
                try? await SystemTimeSource().sleep(for: .milliseconds(250))
            }
        }
        preconditionFailure("The last try returns or throws.")
    }

    private func fails(_ sent: Sent, with codes: Set<TransportError.Code>, _ what: String) async throws {
        let before = try await count(sent)
        do {
            _ = try await transport.send(sent.outbound)
        } catch {
            try saysNothing(error, of: sent)
            try demand(codes.contains(error.code), "\(what) is refused with \(error.code.rawValue)")
            return try demand(try await count(sent) == before, "\(what) is refused and arrives all the same")
        }
        throw BrokenContract(reason: "\(what) is taken")
    }

    private func saysNothing(_ error: TransportError, of sent: Sent) throws(BrokenContract) {
        var said = "\(error)"
        dump(error, to: &said)
        try demand(!sent.secrets.contains { said.contains($0) }, "an error holds a number or words of the message")
    }

    private func count(_ sent: Sent) async throws -> Int { try await arrivals().count { $0 == sent.arrival } }

    private func arrives(_ sent: Sent, times: Int) async throws {
        for _ in 0..<80 {
            if try await count(sent) >= times { break }
            try await SystemTimeSource().sleep(for: .milliseconds(50))
        }
        let found = try await count(sent)
        try demand(found == times, "a message that was taken \(times == 1 ? "" : "twice ")arrived \(found) times as it was sent")
    }

    private struct IgnoringHandler: TransportEventHandler {
        func receive(_ event: TransportEvent) async throws {}
    }
}
