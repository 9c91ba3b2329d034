import CryptoPrimitives
import IdentityTypes
import Messaging
import OTPEngine
import RecordStorage
import SealedStore
import Synchronization
import Testing

@testable import PhoneIdentity

/// A gateway that fails as often as a test says, and gives its messages names.
private final class Gateway: MessageTransport {
    let name = "alerts"
    let capabilities = TransportCapabilities(channels: [.sms], givesReceipts: true)
    private let state = Mutex<(failures: [TransportError.Code], texts: [String], feedback: [RouteFeedback.Event])>(([], [], []))

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let text = message.withContent { String(decoding: $0.text, as: UTF8.self) } ?? ""
        let (failure, count) = state.withLock { state in
            let failure = state.failures.isEmpty ? nil : state.failures.removeFirst()
            if failure != .notSent { state.texts.append(text) }
            return (failure, state.texts.count)
        }
        if let failure { throw TransportError(failure, "As the test says.") }
        return MessageReceipt(route: name, gatewayIDs: ["alert-\(count)"])
    }

    func note(_ feedback: RouteFeedback) { state.withLock { $0.feedback.append(feedback.event) } }
    func fail(_ codes: TransportError.Code...) { state.withLock { $0.failures = codes } }
    var texts: [String] { state.withLock { $0.texts } }
    var feedback: [RouteFeedback.Event] { state.withLock { $0.feedback } }
}

@Suite("A message that a sender opens a record for is recorded before it is sent, as a code is") struct SenderDeliveryTests {
    private let gateway = Gateway()

    /// Somebody with an account, and orders about them.
    private struct Bench {
        let process: TestProcess
        let person: RevealSubject
        let recipient: MessagingRecipient
        var desk: DeliveryDesk { process.service.desk }
        var today: Int { Int(process.deployment.clock.now().seconds / 86_400) }

        func order(_ template: String = "new-device") -> DispatchOrder {
            let deployment = process.deployment
            let grant = Grant<Purposes.SecurityAlert>(
                token: Purposes.SecurityAlert.token, id: deployment.random.bytes(16), subject: person.audit.id, basis: .hostAssertion,
                expiresAt: deployment.clock.now() + .seconds(60))
            let order = process.service.vault.order(to: person, template: template, grant: grant)
            grant.spend()
            return order
        }

        func send(_ order: DispatchOrder) async throws(VaultError) {
            guard let keyService = process.service.environment.keyService as? LocalKeyService else { return }
            try await LocalSender(
                store: process.service.store, keyring: process.deployment.keyrings.sender, keyService: keyService, recipient: recipient
            ).send(order)
        }
    }

    private func bench() async throws -> Bench {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let person = try await process.signUp(TestProcess.number(4))
        let recipient = try MessagingRecipient(
            gateway, texts: ["new-device": .init("Somebody signed in on a new device. " + String(repeating: "Look at it. ", count: 12))],
            store: process.service.environment.identityStore,
            keyring: deployment.keyrings.sender, partitions: process.service.environment.partitions,
            tariff: Tariff(otherwise: .init(text: Money(micros: 50_000), voice: Money(micros: 90_000))), time: deployment.clock,
            random: deployment.random)
        let subject = try #require(try await process.service.pseudonyms.subject(of: person))
        let found = try await process.service.directory.revealSubject(subject)
        return Bench(process: process, person: found, recipient: recipient)
    }

    @Test("it is recorded, a receipt at the sender or at the host settles it, and the day's report counts it")
    func recorded() async throws {
        let bench = try await bench()
        let (first, second) = (bench.order(), bench.order())
        #expect(try await bench.desk.deliveries(of: first).isEmpty)
        try await bench.send(first)
        try await bench.send(second)
        #expect(gateway.texts.count == 2)
        #expect(try await bench.desk.deliveries(of: first).map(\.state) == [.handedOver])
        try await bench.recipient.receive(.receipt(DeliveryReceipt(route: "alerts", gatewayID: "alert-1", status: .delivered)))
        try await bench.process.service.receive(
            .receipt(DeliveryReceipt(route: "alerts", gatewayID: "alert-2", status: .failed(.unreachable))))
        let delivery = try #require(try await bench.desk.deliveries(of: first).first)
        #expect(delivery.parts == 2 && delivery.cost == Money(micros: 100_000) && delivery.completedAt == nil)
        #expect(delivery.state == .delivered && delivery.region == "CH" && delivery.purpose == first.purpose)
        #expect(try await bench.desk.deliveries(of: second).map(\.state) == [.failed(.unreachable)])
        #expect(gateway.feedback == [.delivered])
        let lines = try await bench.desk.report(on: bench.today).lines.filter { $0.place.route == "alerts" }
        #expect(lines.map { [$0.messages, $0.delivered, $0.failed] } == [[2, 1, 1]])
        // They have no code that could be right.
        #expect(lines.map(\.conversion) == [nil] && lines.map(\.cost) == [Money(micros: 200_000)])
    }

    @Test("a passing trouble is tried again, a lasting one and an unknown outcome are recorded, and an order is sent at most once")
    func failures() async throws {
        let bench = try await bench()
        gateway.fail(.notSent, .notSent)
        let passing = bench.order()
        try await bench.send(passing)
        #expect(try await bench.desk.deliveries(of: passing).map(\.state) == [.handedOver])

        gateway.fail(.notSent, .notSent, .notSent)
        let lasting = bench.order()
        await #expect(throws: VaultError.self) { try await bench.send(lasting) }
        #expect(try await bench.desk.deliveries(of: lasting).map(\.state) == [.notSent(.unknown)])

        gateway.fail(.maybeSent)
        let unknown = bench.order()
        await #expect(throws: VaultError.self) { try await bench.send(unknown) }
        #expect(try await bench.desk.deliveries(of: unknown).map(\.state) == [.unknown])
        #expect(gateway.texts.count == 2)

        for order in [passing, lasting, unknown] { await #expect(throws: VaultError.self) { try await bench.send(order) } }
        #expect(gateway.texts.count == 2)
    }

    @Test("what cannot be recorded is not sent; an order for no text, or a message from somebody, changes nothing")
    func refused() async throws {
        let bench = try await bench()
        let order = bench.order("no-such-text")
        let error = await #expect(throws: VaultError.self) { try await bench.send(order) }
        #expect(error?.code == .requestRefused)
        let taken = bench.order()
        let digits = Array("41781234567".utf8)
        let number = try digits.span.withUnsafeBufferPointer { digits throws(CryptoError) in try SecretNumber(digits: digits) }
        try await bench.recipient.deliver(taken, to: number)
        // Its record is there already, as where two senders have the same order.
        let again = await #expect(throws: VaultError.self) { try await bench.recipient.deliver(taken, to: number) }
        #expect(again?.code == .notDelivered)
        #expect(gateway.texts.count == 1)
        let inbound = try #require(
            digits.withUnsafeBytes { number in
                Array("STOP".utf8).withUnsafeBytes { InboundMessage(from: number, text: $0, to: "1", route: "alerts", gatewayID: "in-1") }
            })
        let refusal = await #expect(throws: TransportError.self) { try await bench.recipient.receive(.inbound(inbound)) }
        #expect(refusal?.code == .unsupported)
    }
}
