import ConsentLedger
import CryptoPrimitives
import IdentityTypes
import Messaging
import OTPEngine
import RecordStorage
import Synchronization
import Testing

@testable import PhoneIdentity

/// Answers by repeating, and fails as often as it is told to.
private final class Echo: ConversationHandler {
    let heard = Mutex<[ConversationMessage]>([])
    let failures = Mutex(0)
    let isSilent = Mutex(false)

    func answer(_ message: ConversationMessage) async throws -> String? {
        let fails = failures.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw Unexpected("not now") }
        heard.withLock { $0.append(message) }
        return isSilent.withLock { $0 } ? nil : "You wrote: \(message.text)"
    }
}

@Suite("Somebody writes: keywords are obeyed first, words reach the host under a pseudonym, with consent alone") struct ConversationTests {
    private let number = TestProcess.number(3)
    private let talks = [
        TestProcess.decision(.conversation), TestProcess.decision(.securityAlert), TestProcess.decision(.productUpdate),
        TestProcess.decision(.stepUpVerification),
    ]

    private func open(_ echo: Echo? = Echo(), consents: [ConsentDecision]) async throws -> (TestDeployment, TestProcess, Pseudonym) {
        let deployment = try TestDeployment()
        var environment = try deployment.environment()
        if let echo {
            var policy = ConversationPolicy(help: "example.com/help")
            policy.codeSenders = ["+41790000001"]
            policy.answersPerHour = 10
            environment.conversations = Conversations(echo, policy: policy)
        }
        let process = TestProcess(deployment: deployment, service: try await IdentityService.open(environment))
        let person = try await process.signUp(number, consents: consents)
        return (deployment, process, person)
    }

    private func write(
        _ process: TestProcess, _ text: String, id: String = "m-1", from: String? = nil, to sender: String = "+41790000002"
    ) async throws {
        let message = Array((from ?? number).utf8).withUnsafeBytes { number in
            Array(text.utf8).withUnsafeBytes { InboundMessage(from: number, text: $0, to: sender, route: "gw", gatewayID: id) }
        }
        try await process.service.receive(.inbound(try #require(message)))
    }

    /// What waits to be sent.
    private func answers(_ process: TestProcess) async -> [String] {
        var texts: [String] = []
        while process.service.queue.count > 0, case .message(let message)? = await process.service.queue.next() {
            texts.append(message.withContent { String(decoding: $0.text, as: UTF8.self) } ?? "")
            message.wipe()
        }
        return texts
    }

    private func given(_ process: TestProcess, _ person: Pseudonym) async throws -> Set<PurposeCode> {
        Set(try await process.service.consents(of: person).filter { $0.standing == .given }.map(\.purpose))
    }

    @Test("words reach the host with a pseudonym and no number, and the answer goes back, once, with its entry")
    func conversation() async throws {
        let echo = Echo()
        let (deployment, process, person) = try await open(echo, consents: talks)
        try await write(process, "Is it raining? 🌧️")
        #expect(await answers(process) == ["You wrote: Is it raining? 🌧️"])
        let heard = echo.heard.withLock { $0 }
        #expect(heard.map(\.person) == [person] && heard.map(\.text) == ["Is it raining? 🌧️"])
        var dumped = ""
        dump(heard, to: &dumped)
        #expect(!dumped.contains("raining"))
        // The gateway brings it again.
        try await write(process, "Is it raining? 🌧️")
        #expect(await answers(process).isEmpty && echo.heard.withLock { $0.count } == 1)
        #expect(try await deployment.entries(process).filter { $0.action == .conversationAnswered }.count == 1)
        // Nothing of the words is kept.
        let rows = try await deployment.identity.rows()
        #expect(!rows.contains { String(decoding: $0.value, as: UTF8.self).contains("raining") })
        try await process.service.erase(person)
        #expect(try await deployment.identity.rows("conversation").isEmpty)
    }

    @Test("a handler that fails gets the message again, and a silent one is fine")
    func again() async throws {
        let echo = Echo()
        let (_, process, _) = try await open(echo, consents: talks)
        echo.failures.withLock { $0 = 1 }
        #expect(await refusal { try await write(process, "Hello") }?.name == "identity.busy")
        try await write(process, "Hello")
        #expect(await answers(process).count == 1)
        echo.isSilent.withLock { $0 = true }
        try await write(process, "Hello", id: "m-2")
        #expect(await answers(process).isEmpty && echo.heard.withLock { $0.count } == 2)
    }

    @Test("without consent nobody is heard or answered, a stranger neither, and nothing is said about which")
    func noConsent() async throws {
        let echo = Echo()
        let (deployment, process, person) = try await open(echo, consents: [])
        try await write(process, "Hello")
        for from in ["+41790000099", "+4179", "41790000099"] where from.utf8.count > 7 { try await write(process, "STOP", from: from) }
        #expect(await answers(process).isEmpty && echo.heard.withLock { $0.isEmpty })
        let names = deployment.observations.all.map(\.name)
        #expect(names.contains("inbound-without-consent") && names.contains("inbound-unknown"))
        try await process.service.record([TestProcess.decision(.conversation)], for: person)
        try await write(process, "Hello", id: "m-2")
        #expect(await answers(process).count == 1)
        try await process.service.withdraw(.conversation, for: person)
        try await write(process, "Hello", id: "m-3")
        #expect(await answers(process).isEmpty)
    }

    @Test(
        "STOP withdraws at once, in every language, before the host sees it; START gives back that alone",
        arguments: ["STOP", " stop! ", "Stopp", "unsubscribe", "ARRET", "停止", "إيقاف"])
    func stop(_ word: String) async throws {
        let echo = Echo()
        let (deployment, process, person) = try await open(echo, consents: talks)
        try await process.service.withdraw(.productUpdate, for: person)
        try await write(process, word)
        #expect(try await given(process, person) == [.stepUpVerification])
        let answer = await answers(process)
        #expect(answer.count == 1 && answer[0].contains("START") && answer[0].contains("Example"))
        try await write(process, "Still there?", id: "m-2")
        #expect(await answers(process).isEmpty && echo.heard.withLock { $0.isEmpty })
        // Codes come still: recovery does not rest on what was stopped.
        deployment.clock.advance(by: .seconds(3600))
        #expect(try await process.prove(.recovery, number) == .recovered(person))
        try await write(process, "START", id: "m-3")
        #expect(try await given(process, person) == [.conversation, .securityAlert, .stepUpVerification])
        #expect(await answers(process).count == 1)
        let actions = try await deployment.entries(process).map(\.action)
        #expect(actions.filter { $0 == .consentWithdrawn }.count == 3)
    }

    @Test("a STOP to the sender of codes ends step-up and no conversation, and the other way round")
    func senders() async throws {
        let (_, process, person) = try await open(consents: talks)
        try await write(process, "STOP", to: "+41790000001")
        #expect(try await given(process, person) == [.conversation, .securityAlert, .productUpdate])
        process.clock.advance(by: .seconds(11))
        try await write(process, "START", id: "m-2", to: "+41790000001")
        try await write(process, "STOP", id: "m-3")
        #expect(try await given(process, person) == [.stepUpVerification])
    }

    @Test("HELP says where to find it, START gives nothing that was never given, and a flood is obeyed and not answered for ever")
    func helpAndFlood() async throws {
        let (_, process, person) = try await open(consents: [TestProcess.decision(.securityAlert)])
        try await write(process, "HELP")
        #expect(await answers(process).first?.contains("example.com/help") == true)
        try await write(process, "START", id: "m-2")
        #expect(try await given(process, person) == [.securityAlert])
        var answered = 0
        for index in 0..<40 {
            process.clock.advance(by: .seconds(11))
            try await write(process, index % 2 == 0 ? "STOP" : "START", id: "f-\(index)")
            answered += await answers(process).count
        }
        #expect(answered < 10)
        #expect(try await given(process, person) == [.securityAlert])
        try await write(process, "STOP", id: "last")
        #expect(try await given(process, person).isEmpty)
    }

    @Test("a STOP under the name of an earlier one is obeyed, and a START that may have been written before a STOP is not")
    func repeatedStop() async throws {
        let (_, process, person) = try await open(consents: talks)
        try await write(process, "STOP")
        process.clock.advance(by: .seconds(600))
        try await write(process, "START", id: "m-2")
        #expect(try await given(process, person).count == 4)
        _ = await answers(process)
        process.clock.advance(by: .seconds(600))
        try await write(process, "STOP")
        #expect(try await given(process, person) == [.stepUpVerification])
        #expect(await answers(process).isEmpty)
        process.clock.advance(by: .seconds(5))
        try await write(process, "START", id: "m-3")
        #expect(try await given(process, person) == [.stepUpVerification])
        process.clock.advance(by: .seconds(6))
        try await write(process, "START", id: "m-4")
        #expect(try await given(process, person).count == 4)
    }

    @Test("a consent that runs out goes on doing so through STOP and START")
    func runsOut() async throws {
        var decision = TestProcess.decision(.conversation)
        let (_, process, person) = try await open(consents: [])
        decision.expiresAt = process.clock.now() + .seconds(86_400)
        try await process.service.record([decision], for: person)
        try await write(process, "STOP")
        process.clock.advance(by: .seconds(60))
        try await write(process, "START", id: "m-2")
        #expect(try await process.service.consents(of: person).map(\.expiresAt) == [decision.expiresAt])
        try await write(process, "STOP", id: "m-3")
        process.clock.advance(by: .seconds(2 * 86_400))
        try await write(process, "START", id: "m-4")
        #expect(try await given(process, person).isEmpty)
    }

    @Test("without a host that takes part, STOP is obeyed all the same")
    func noHost() async throws {
        let (deployment, process, person) = try await open(nil, consents: talks)
        try await write(process, "STOP")
        #expect(try await given(process, person) == [.stepUpVerification])
        try await write(process, "Hello", id: "m-2")
        #expect(await answers(process).isEmpty)
        #expect(deployment.observations.all.contains { $0.name == "inbound-has-no-handler" })
    }

    @Test("where the queue is full a STOP is obeyed without an answer, and words come again")
    func queueIsFull() async throws {
        let echo = Echo()
        let (_, process, person) = try await open(echo, consents: talks)
        var places: [MessageQueue.Reservation] = []
        while let place = try? process.service.queue.reserve() { places.append(place) }
        #expect(await refusal { try await write(process, "Hello") }?.name == "transport.queueFull")
        #expect(echo.heard.withLock { $0.isEmpty })
        try await write(process, "STOP", id: "m-2")
        #expect(try await given(process, person) == [.stepUpVerification])
        places = []
        #expect(await answers(process).isEmpty)
    }

    @Test("one message that comes many times at once is answered once")
    func parallel() async throws {
        let (_, process, _) = try await open(consents: talks)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<12 { group.addTask { try? await write(process, "Hello") } }
        }
        #expect(await answers(process).count == 1)
    }

    @Test("hostile numbers and texts are no message, or none that anybody hears")
    func hostile() async throws {
        let (_, process, _) = try await open(consents: talks)
        func make(_ number: [UInt8], _ text: [UInt8], id: String = "m") -> InboundMessage? {
            number.withUnsafeBytes { number in
                text.withUnsafeBytes { InboundMessage(from: number, text: $0, to: "s", route: "gw", gatewayID: id) }
            }
        }
        for bad in ["", "+", "+41", "Bank", "+417900000", "+41 79 000 00 03", String(repeating: "1", count: 16)] where bad != "+417900000" {
            #expect(make(Array(bad.utf8), [0x41]) == nil, "\(bad)")
        }
        #expect(make(Array(number.utf8), [UInt8](repeating: 0x41, count: 4_097)) == nil)
        #expect(make(Array(number.utf8), [0x41], id: String(repeating: "x", count: 129)) == nil)
        let odd = try #require(make(Array(number.utf8), [0xFF, 0x00, 0xC0]))
        #expect("\(odd)" == "<redacted inbound message>")
        try await process.service.receive(.inbound(odd))
        #expect(await answers(process).count == 1)
        // Taken once.
        try await process.service.receive(.inbound(odd))
        #expect(await answers(process).isEmpty)
    }
}
