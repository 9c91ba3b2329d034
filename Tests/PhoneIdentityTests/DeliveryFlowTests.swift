import IdentityTypes
import Messaging
import OTPEngine
import RecordStorage
import Synchronization
import Testing

@testable import PhoneIdentity

/// A gateway that a test scripts: what it answers to each channel, and the names it gives.
private final class Gateway: MessageTransport {
    let name = "gw"
    let capabilities = TransportCapabilities(channels: [.sms, .voice, .email], concurrency: 4, givesReceipts: true)
    struct State: Sendable {
        var refusals: [OutboundMessage.Channel: TransportError] = [:]
        var texts: [(channel: OutboundMessage.Channel, text: String)] = []
        var feedback: [RouteFeedback.Event] = []
    }
    let state = Mutex(State())

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let text = message.withContent { String(decoding: $0.text, as: UTF8.self) } ?? ""
        let refusal = state.withLock { state in
            state.refusals[message.channel].map { refusal in
                TransportError(
                    refusal.code,
                    ProviderRefusal(
                        refusal.refusal?.cause ?? .unknown, provider: name, providerCode: refusal.refusal?.providerCode ?? "",
                        of: message.destination))
            }
        }
        if let refusal { throw refusal }
        let count = state.withLock { state in
            state.texts.append((message.channel, text))
            return state.texts.count
        }
        return MessageReceipt(route: name, gatewayIDs: ["gw-\(count)"], price: Money(micros: 70_000))
    }

    func note(_ feedback: RouteFeedback) { state.withLock { $0.feedback.append(feedback.event) } }

    func refuse(_ channel: OutboundMessage.Channel, _ cause: ProviderRefusal.Cause, _ code: String) {
        let refusal = ProviderRefusal(cause, provider: name, providerCode: code, of: .unknown)
        state.withLock { $0.refusals[channel] = TransportError(.refused, refusal) }
    }
}

@Suite("What became of a message: told to a support desk and to whoever pays, never to whoever guesses") struct DeliveryFlowTests {
    private let number = TestProcess.number(3)

    /// Hands over what waits, with the service's own dispatcher.
    private func dispatch(_ process: TestProcess, until count: Int) async {
        let service = process.service
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await MessageDispatcher(
                    queue: service.queue,
                    handOver: MessageHandOver(
                        transport: service.environment.transport, ledger: service.deliveries,
                        observer: service.environment.observer, time: service.environment.time)
                ).run()
            }
            while process.deployment.observations.all.count(where: { $0.component == .dispatcher }) < count { await Task.yield() }
            group.cancelAll()
        }
    }

    private func receipt(_ id: String, _ status: DeliveryReceipt.Status) -> TransportEvent {
        .receipt(DeliveryReceipt(route: "gw", gatewayID: id, status: status))
    }

    @Test("firebase-android-sdk#7140, #6965, amplify-js#7026: \"sent\" but never arrived, and no way to see why")
    func explained() async throws {
        let (deployment, gateway) = (try TestDeployment(), Gateway())
        let process = try await deployment.open(transport: gateway)
        let receipt = try await process.begin(.signUp, number)
        let desk = process.service.desk
        var told = try await desk.explain(receipt.reference)
        #expect(told.state == .live && told.deliveries.isEmpty && told.facts?.sends == 1)
        #expect(told.advice.first?.contains("Ask for the code again") == true)
        await dispatch(process, until: 1)
        told = try await desk.explain(receipt.reference)
        #expect(told.deliveries.map(\.state) == [.handedOver] && told.deliveries[0].route == "gw")
        try await process.service.receive(self.receipt("gw-1", .failed(.unreachable)))
        told = try await desk.explain(receipt.reference)
        #expect(told.deliveries.map(\.state) == [.failed(.unreachable)])
        #expect(told.advice == [ProviderRefusal.Cause.unreachable.remedy])
        #expect(
            told.deliveries[0].region == "CH" && told.deliveries[0].numberClass == "mobile" && told.deliveries[0].countryCallingCode == 41)
        // As somebody reads it out.
        let spoken = receipt.reference.text.uppercased().enumerated().map { $0 % 5 == 4 ? "\($1)-" : "\($1)" }.joined()
        #expect(ChallengeReference(spoken) == receipt.reference)
        var dumped = ""
        dump(told, to: &dumped)
        #expect(!dumped.contains(String(number.dropFirst(4))))
        // The reference completes nothing.
        #expect(await refusal { try await process.complete(receipt, receipt.reference.text) }?.name == "otp.malformedCode")
        deployment.clock.advance(by: .seconds(3 * 3600))
        try await process.service.sweep()
        told = try await desk.explain(receipt.reference)
        #expect(told.state == .gone && told.deliveries.count == 1)
        let unknown = try #require(ChallengeReference(String(repeating: "a", count: 26)))
        #expect(try await desk.explain(unknown).advice.count == 1)
        for text in ["", "a", String(repeating: "a", count: 27), String(repeating: "1", count: 26), "ä", String(repeating: "-", count: 90)]
        {
            #expect(ChallengeReference(text) == nil)
        }
    }

    @Test("a code that is over before the gateway comes back is not sent, and the desk says so")
    func tooLate() async throws {
        let (deployment, gateway) = (try TestDeployment(), Gateway())
        let process = try await deployment.open(transport: gateway)
        let receipt = try await process.begin(.signUp, number)
        deployment.clock.advance(by: .seconds(600))
        await dispatch(process, until: 1)
        let told = try await process.service.desk.explain(receipt.reference)
        #expect(told.deliveries.map(\.state) == [.notSent(.expired)] && told.advice.contains(ProviderRefusal.Cause.expired.remedy))
        #expect(gateway.state.withLock { $0.texts.isEmpty })
    }

    @Test("Signal-Android#13742: the carrier blocks texts and no call is offered")
    func aCallAfterAText() async throws {
        let (deployment, gateway) = (try TestDeployment(), Gateway())
        gateway.refuse(.sms, .filtered, "30007")
        let process = try await deployment.open(transport: gateway)
        let receipt = try await process.begin(.signUp, number)
        // The same offers whatever became of the text, and before anybody knows.
        #expect(receipt.otherMethods == [.voice, .guardian])
        await dispatch(process, until: 1)
        #expect(try await process.service.desk.explain(receipt.reference).deliveries.map(\.state) == [.notSent(.filtered)])
        deployment.clock.advance(by: .seconds(31))
        let called = try await process.service.resend(receipt.token, by: .voice, requester: TestProcess.requester())
        #expect(called.method == .sms && called.otherMethods == [.sms, .guardian])
        await dispatch(process, until: 2)
        #expect(gateway.state.withLock { $0.texts.map(\.channel) } == [.voice])
        let told = try await process.service.desk.explain(receipt.reference)
        #expect(told.deliveries.map(\.channel) == [.sms, .voice] && told.deliveries.map(\.send) == [1, 2])
        // The code of the call is the challenge's.
        let text = gateway.state.withLock { $0.texts[0].text }
        let digits = String(text.filter { $0.isASCII && $0.isNumber }.prefix(6))
        guard case .enrolled = try await process.complete(called, digits) else { throw Unexpected("not enrolled") }
        await process.service.noteCompletions()
        #expect(try await process.service.desk.explain(receipt.reference).deliveries.map { $0.completedAt != nil } == [false, true])
        #expect(gateway.state.withLock { $0.feedback } == [.completed])
    }

    @Test("react-native-firebase#8473, flutterfire#13408: the provider had the region switched off, and the error blamed another setting")
    func aRegionThatIsOff() async throws {
        let (deployment, gateway) = (try TestDeployment(), Gateway())
        gateway.refuse(.sms, .regionDisabled, "21408")
        let process = try await deployment.open(transport: gateway)
        let receipt = try await process.begin(.signUp, number)
        await dispatch(process, until: 1)
        let told = try await process.service.desk.explain(receipt.reference)
        #expect(told.deliveries.map(\.state) == [.notSent(.regionDisabled)] && told.deliveries[0].providerCode == "21408")
        #expect(told.advice == ["Enable the country in the gateway's account, or add a route that serves it."])
        let seen = try #require(deployment.observations.all.first { $0.component == .dispatcher })
        #expect(seen.labels[.cause] == "region-disabled" && seen.labels[.region] == "CH" && seen.labels[.route] == "gw")
    }

    @Test("what the person sees never depends on it: known and unknown numbers, delivered or not")
    func neverSeen() async throws {
        let (deployment, gateway) = (try TestDeployment(), Gateway())
        let process = try await deployment.open(transport: gateway)
        let known = try await process.begin(.recovery, number)
        gateway.refuse(.sms, .unreachable, "1")
        deployment.clock.advance(by: .seconds(60))
        let other = try await process.begin(.recovery, TestProcess.number(5))
        #expect(known.otherMethods == other.otherMethods && known.digits == other.digits)
        #expect(known.reference.text.count == other.reference.text.count)
        // A desk that asks about a number without an account is told that, after it was given the reference.
        let told = try await process.service.desk.explain(other.reference)
        #expect(told.facts?.isDeliverable == false && told.advice.first?.contains("no account") == true)
    }

    @Test("the day's report counts what the records say, in money")
    func report() async throws {
        let (deployment, gateway) = (try TestDeployment(), Gateway())
        let process = try await deployment.open(transport: gateway)
        for index in 1...3 { _ = try await process.begin(.signUp, TestProcess.number(index)) }
        await dispatch(process, until: 3)
        try await process.service.receive(receipt("gw-1", .delivered))
        let day = Int(deployment.clock.now().milliseconds / 86_400_000)
        let report = try await process.service.desk.report(on: day)
        #expect(report.lines.count == 1 && report.lines[0].messages == 3 && report.lines[0].delivered == 1)
        #expect(report.cost == Money(micros: 210_000))
    }
}
