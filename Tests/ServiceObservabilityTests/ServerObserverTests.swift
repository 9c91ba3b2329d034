#if Observability
    import Foundation
    import IdentityTypes
    import InMemoryTracing
    import Logging
    import Messaging
    import MetricsTestKit
    import PhoneIdentity
    import PhoneIdentityTesting
    import RecordStorage
    import SealedStore
    import ServiceObservability
    import Synchronization
    import Testing

    /// Keeps every line, with all that is in it.
    private struct Lines: LogHandler {
        final class Kept: Sendable {
            private let lines = Mutex<[(level: Logger.Level, text: String)]>([])
            var all: [(level: Logger.Level, text: String)] { lines.withLock { $0 } }
            func add(_ level: Logger.Level, _ text: String) { lines.withLock { $0.append((level, text)) } }
        }

        let kept: Kept
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            kept.add(event.level, "\(event.message) \(event.metadata ?? [:]) \(event.source)")
        }
    }

    /// A deployment in memory whose observer is the real one, over recorders.
    private struct Bench {
        let lines = Lines.Kept()
        let metrics = TestMetrics()
        let tracer = InMemoryTracer()
        let inbox = DevelopmentInbox()
        let service: IdentityService

        init(transport: (any MessageTransport)? = nil) async throws {
            let directory = NSTemporaryDirectory() + "phone-identity-" + UUID().uuidString
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let passphrase = KeyringPassphrase("correct horse battery")
            try KeyringCeremony(origin: "example.com/test", work: .testing).perform(
                directory: directory, deployment: DeploymentID(random: SystemRandomSource()), passphrase: passphrase,
                random: SystemRandomSource())
            let host = try HostKeyring(path: directory + "/host.keyring", passphrase: passphrase)
            let keys = try KeyServiceKeyring(path: directory + "/keyservice.keyring", passphrase: passphrase)
            let log = try LogKeyring(path: directory + "/log.keyring", passphrase: passphrase)
            let signer = try LogSigner(name: log.origin, seed: log.seed, heads: InMemorySignerHeadStore())
            let keyService = LocalKeyService(store: InMemoryRecordStore(), keyring: keys, log: signer.key, forgetOldPages: { true })
            let handler = Lines(kept: lines)
            var logger = Logger(label: "test", factory: { _ in handler })
            logger.logLevel = .trace
            var policy = IdentityPolicy(template: CodeTemplate(brand: "Example"))
            policy.abuse = .forNumbersOfTests
            let tiles = directory + "-log"
            service = try await IdentityService.open(
                IdentityEnvironment(
                    identityStore: InMemoryRecordStore(), forgetOldPages: { true }, keyring: host, keyService: keyService,
                    tagEvaluator: keyService, transport: transport ?? inbox,
                    log: .init(signer: signer, tiles: DirectoryTileStore(directory: tiles)),
                    observer: ServerObserver(logger: logger, metrics: metrics, tracer: tracer), policy: policy))
        }

        /// All that left the library by this way, as text.
        var everything: String {
            var text = lines.all.map(\.text).joined(separator: "\n")
            for counter in metrics.counters { text += "\n\(counter.label) \(counter.dimensions) \(counter.values)" }
            for timer in metrics.timers { text += "\n\(timer.label) \(timer.dimensions)" }
            for span in tracer.finishedSpans {
                text += "\n\(span.operationName) \(span.attributes) \(String(describing: span.status)) \(span.errors)"
            }
            return text
        }
    }

    /// Refuses everything, and has number and code in what it says.
    private struct Blabbing: MessageTransport {
        let name = "blab"
        let capabilities = TransportCapabilities(channels: [.sms])
        func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
            let said = message.withContent { content in
                String(decoding: content.recipient, as: UTF8.self) + String(decoding: content.text, as: UTF8.self)
            }
            throw TransportError(.refused, said ?? "")
        }
    }

    @Suite("What a host's logs, metrics and traces get") struct ServerObserverTests {
        private let number = "+41791234567"

        private func until(_ isDone: () -> Bool) async throws {
            for _ in 0..<12_000 where !isDone() { try await Task.sleep(for: .milliseconds(5)) }
        }

        @Test("a sign-up, wrong and right codes and a refusal: counts, spans and lines, and no number, code, key or pseudonym in any")
        func noSecrets() async throws {
            let bench = try await Bench()
            let session = Array("session-4711".utf8)
            let requester = Requester(session: session)
            var secrets = [number, String(number.dropFirst()), String(number.dropFirst(3)), "session-4711"]
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await bench.service.run() }
                let receipt = try await bench.service.begin(.signUp, number: number, region: nil, requester: requester)
                let arrived = await bench.inbox.take(for: number)
                let code = try #require(arrived.flatMap { DevelopmentInbox.code(in: $0.text) })
                let wrong = code == "000000" ? "000001" : "000000"
                let attempts = (0..<3).map { _ in AttemptID(random: SystemRandomSource()) }
                _ = try? await bench.service.complete(receipt.token, code: wrong, attempt: attempts[0], requester: requester)
                let completed = try await bench.service.complete(receipt.token, code: code, attempt: attempts[1], requester: requester)
                guard case .enrolled(let person) = completed.verdict else { throw CancellationError() }
                _ = try? await bench.service.begin(.signUp, number: "123", region: nil, requester: requester)
                secrets += [code, wrong, person.rawValue, receipt.token.text, receipt.reference.text, completed.deviceToken?.text ?? "-"]
                try await until { bench.metrics.counters.contains { $0.dimensions.contains { $0 == ("event", "handed-over") } } }
                group.cancelAll()
            }
            let text = bench.everything
            for secret in secrets where secret.utf8.count > 4 { #expect(!text.contains(secret)) }
            let refused = bench.metrics.counters.filter { $0.dimensions.contains { $0 == ("event", "refused") } }
            #expect(refused.contains { $0.dimensions.contains { $0 == ("error", "otp.wrongCode") } })
            #expect(refused.contains { $0.dimensions.contains { $0.0 == "error" && $0.1.hasPrefix("phone.") } })
            let handed = try #require(bench.metrics.counters.first { $0.dimensions.contains { $0 == ("event", "handed-over") } })
            #expect(
                handed.dimensions.contains { $0 == ("route", "development-inbox") } && handed.dimensions.contains { $0 == ("region", "CH") }
            )
            let spans = Set(bench.tracer.finishedSpans.map(\.operationName))
            #expect(spans.isSuperset(of: ["phone-identity begin", "phone-identity complete", "phone-identity hand-over"]))
            #expect(bench.tracer.finishedSpans.contains { $0.status?.code == .error })
            let timers = bench.metrics.timers.filter { $0.label == "phone_identity_operation_seconds" }
            #expect(timers.contains { $0.dimensions.contains { $0 == ("outcome", "failed") } })
            #expect(bench.lines.all.contains { $0.level == .debug && $0.text.hasPrefix("handed-over") })
        }

        @Test("a transport that says number and code in its error is not passed on")
        func blabbing() async throws {
            let bench = try await Bench(transport: Blabbing())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await bench.service.run() }
                _ = try await bench.service.begin(.signUp, number: number, region: nil, requester: Requester(session: [1]))
                try await until { bench.metrics.counters.contains { $0.dimensions.contains { $0 == ("event", "not-handed-over") } } }
                group.cancelAll()
            }
            let text = bench.everything
            #expect(text.contains("not-handed-over") && text.contains("transport.refused"))
            #expect(!text.contains(String(number.dropFirst(3))) && !text.contains("your code"))
        }

        @Test("every name that the library observes is explained, and nothing else is")
        func names() throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let files = try #require(
                FileManager.default.enumerator(at: root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil))
            // Those whose names are put together.
            var observed: Set<String> = ["human-check-failed"]
            for case let file as URL in files where file.pathExtension == "swift" {
                let source = try String(contentsOf: file, encoding: .utf8)
                for match in source.matches(of: /(?:Observation\(\s*\.\w+, |observe\(\s*)"([a-z-]+)"/) { observed.insert(String(match.1)) }
            }
            let page = try String(contentsOf: root.appendingPathComponent("Documentation/Observability.md"), encoding: .utf8)
            let explained = Set(page.matches(of: /(?m)^\| `([a-z-]+)` \|/).map { String($0.1) })
            #expect(observed.subtracting(explained).sorted() == [] && explained.subtracting(observed).sorted() == [])
            for operation in ObservedOperation.allCases { #expect(page.contains("`phone-identity \(operation.rawValue)`")) }
            for label in Observation.Label.allCases { #expect(page.contains("`\(label.rawValue)`")) }
        }
    }
#endif
