#if SMPP
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import RecordStorage
    import SMPPTransport
    import Synchronization

    /// Sends messages 0..<count, each until the gateway no longer says that it was not sent, and then waits for what comes back.
    struct Load: Sendable {
        let options: Options
        let gateway: SMPPGateway
        let said: Said

        init(_ options: Options) throws {
            let said = Said(isQuiet: options["quiet"] != nil)
            self.options = options
            self.said = said
            gateway = try SMPPGateway(options.settings, observer: said)
        }

        func run() async throws {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await gateway.run(said) }
                await send()
                // Until nothing came for a while, or as many receipts as are expected.
                let expected = options.number("expect", 0)
                var patience = options.number("linger", 0) / 10
                while patience > 0, expected == 0 || said.events < expected {
                    try? await Task.sleep(for: .milliseconds(10))
                    patience -= 1
                }
                group.cancelAll()
            }
            let outcomes = gateway.outcomes
            print(
                "outcomes accepted=\(outcomes.accepted) refused=\(outcomes.refused) not-sent=\(outcomes.notSent) unknown=\(outcomes.unknown) settled=\(outcomes.settled)"
            )
        }

        private func send() async {
            let count = options.number("count", 0)
            let text = options["text"]
            let clock = ContinuousClock()
            if count > 0 || options["await-bind"] != nil { await bound() }
            let start = clock.now
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<options.number("concurrency", options.number("window", 100)) {
                    group.addTask {
                        while true {
                            let index = said.nextIndex()
                            guard index < count else { return }
                            await send(index, text ?? "Example: your code is \(100_000 + index % 900_000).")
                        }
                    }
                }
            }
            guard count > 0 else { return }
            let time = start.duration(to: clock.now)
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
            print("rate \(Int(Double(count) / seconds))")
        }

        /// So that the rate is of sending alone.
        private func bound() async {
            let patience = options.number("bind-patience", 5_000) / 5
            for _ in 0..<patience where !said.isBound { try? await Task.sleep(for: .milliseconds(5)) }
        }

        private func send(_ index: Int, _ text: String) async {
            let attempts = options.number("attempts", 100_000)
            for attempt in 1...attempts {
                do {
                    let receipt = try await gateway.send(try Self.message(index, text))
                    return said.line("sent \(index) accepted \(receipt.gatewayIDs.joined(separator: ","))")
                } catch let error as TransportError {
                    if error.code == .notSent, attempt < attempts {
                        try? await Task.sleep(for: min(error.retryAfter ?? .milliseconds(20), .milliseconds(200)))
                        continue
                    }
                    said.line(
                        "sent \(index) \(error.code.rawValue) \(error.refusal?.cause.rawValue ?? "-") \(error.refusal?.providerCode ?? "-") \(error.reason)"
                    )
                    return
                } catch {
                    return said.line("sent \(index) error \(error)")
                }
            }
        }

        /// 16 bytes that tell messages apart.
        private static func name(_ index: Int) -> [UInt8] {
            withUnsafeBytes(of: UInt64(index).bigEndian) { Array($0) } + [UInt8](repeating: 0, count: 8)
        }

        /// Each goes to a number of its own.
        private static func message(_ index: Int, _ text: String) throws -> OutboundMessage {
            let digits = Array("4179\(1_000_000 + index)".utf8)
            let secret = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
            let grant = Grant<Purposes.Verification>(
                token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
                expiresAt: Timestamp(milliseconds: .max))
            return OutboundMessage(
                to: .number(secret), MessageWords(text: SecretBytes(copying: Array(text.utf8))), channel: .sms, grant: grant,
                name: MessageName(owner: name(index), send: 1))
        }
    }

    /// Prints what comes.
    final class Said: TransportEventHandler, Observer {
        struct NotNow: Error {}

        private let isQuiet: Bool
        private let counts = Mutex<(events: Int, isBound: Bool, refused: Set<String>)>((0, false, []))

        init(isQuiet: Bool) { self.isQuiet = isQuiet }

        private let next = Atomic(0)

        /// Whose turn it is.
        func nextIndex() -> Int { next.add(1, ordering: .relaxed).oldValue }

        var events: Int { counts.withLock { $0.events } }
        var isBound: Bool { counts.withLock { $0.isBound } }

        func line(_ text: String) {
            if !isQuiet { print(text) }
        }

        func observe(_ observation: Observation) {
            if observation.name == "window" { counts.withLock { $0.isBound = true } }
            line("observed \(observation.name) \(observation.count) \(observation.errorCode ?? "-")")
        }

        func receive(_ event: TransportEvent) async throws {
            switch event {
            case .receipt(let receipt):
                line("receipt \(receipt.gatewayID) \(receipt.status) \(receipt.idempotencyKey ?? "-")")
            case .inbound(let message):
                let content = message.withContent { number, text in
                    (
                        number.withDigits { String(decoding: $0, as: UTF8.self) },
                        text.withUnsafeBytes { Hexadecimal.encode($0) }
                    )
                }
                // The first time it asks to be spared, as a handler whose database is away does.
                if content.1.hasSuffix("6e6f74206e6f77"), counts.withLock({ $0.refused.insert(content.1).inserted }) {
                    line("inbound-refused \(message.gatewayID)")
                    throw NotNow()
                }
                line("inbound \(content.0) \(message.sender) \(message.gatewayID) \(content.1)")
            }
            counts.withLock { $0.events += 1 }
        }
    }
#endif
