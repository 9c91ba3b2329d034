#if SMTP
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import RecordStorage
    import SMTPTransport
    import Synchronization

    /// Sends messages 0..<count, each until the gateway no longer says that it was not sent, as often as it is told to.
    struct Load: Sendable {
        let options: Options
        let gateway: SMTPGateway
        let said = Said()

        init(_ options: Options) throws {
            self.options = options
            gateway = try SMTPGateway(options.settings, observer: said)
        }

        func run() async throws {
            let count = options.number("count", 1)
            let start = ContinuousClock.now
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<options.number("concurrency", 16) {
                    group.addTask {
                        while true {
                            let index = said.nextIndex()
                            guard index < count else { return }
                            await send(index)
                        }
                    }
                }
            }
            let time = start.duration(to: .now)
            print("rate \(Int(Double(count) / (Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)))")
        }

        private func send(_ index: Int) async {
            let attempts = options.number("attempts", 100_000)
            for attempt in 1...attempts {
                do {
                    let receipt = try await gateway.send(message(index))
                    return print("sent \(index) accepted \(receipt.gatewayIDs.joined(separator: ","))")
                } catch {
                    if error.code == .notSent, attempt < attempts {
                        try? await Task.sleep(for: min(error.retryAfter ?? .milliseconds(50), .milliseconds(200)))
                        continue
                    }
                    return print(
                        "sent \(index) \(error.code.rawValue) \(error.refusal?.cause.rawValue ?? "-") \(error.refusal?.providerCode ?? "-") \(error.reason)"
                    )
                }
            }
        }

        private static let texts = [
            "Example: your code is #. Never share it.", "Grüße, Ihr Bürgeramt: # ist Ihr Code. £5 ^{~}€\n.\n..\nzweite Zeile ",
            "رمزك هو #\n\nلا تشاركه مع أحد",
            "認証コードは#です。\n誰にも教えないでください。", "👩🏽‍🚀 # = code\n=20 stays\n\ttab\n", "Ваш код: #.\nНе сообщайте его.",
        ]
        private static let subjects = [
            "Your code for Example", "Ihr Bestätigungscode", "رمز التحقق", "認証コードのお知らせ", "👩🏽‍🚀 code",
            "Ваш код подтверждения для входа в систему",
        ]

        /// Each goes to an address of its own, unless one is given.
        private func message(_ index: Int) -> OutboundMessage {
            let code = "\(100_000 + index % 900_000)"
            let text = (options["text"] ?? Self.texts[index % Self.texts.count]).split(separator: "#", omittingEmptySubsequences: false)
                .joined(separator: code)
            let grant = Grant<Purposes.Verification>(
                token: Purposes.Verification.token, id: [UInt8](repeating: 1, count: 16), subject: nil, basis: .challenge([1]),
                expiresAt: Timestamp(milliseconds: .max))
            let words = MessageWords(
                code: SecretBytes(copying: Array(code.utf8)), language: "en",
                subject: options["subject"] ?? Self.subjects[index % Self.subjects.count]
            ) { _ in
                SecretBytes(copying: Array(text.utf8))
            }
            let address = options["to"] ?? "user\(index)@example.org"
            return OutboundMessage(
                to: .address(SecretBytes(copying: Array(address.utf8))), words, channel: .email, grant: grant,
                name: MessageName(
                    owner: withUnsafeBytes(of: UInt64(index).bigEndian) { Array($0) } + [UInt8](repeating: 0, count: 8), send: 1))
        }
    }

    /// Prints what is observed.
    final class Said: Observer {
        private let next = Atomic(0)

        /// Whose turn it is.
        func nextIndex() -> Int { next.add(1, ordering: .relaxed).oldValue }

        func observe(_ observation: Observation) {
            print("observed \(observation.name) \(observation.count) \(observation.errorCode ?? "-")")
        }
    }
#endif
