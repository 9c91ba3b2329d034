import IdentityTypes
import RecordStorage
import Synchronization
import Testing

@testable import Messaging

@Suite struct DispatcherTests {
    private let observations = Observations()
    private let queue = MessageQueue(capacity: 100)

    /// Runs a dispatcher until `isDone`, then cancels it and waits for its end.
    private func run(_ gateway: some MessageTransport, clock: NotingClock = NotingClock(), until isDone: @escaping @Sendable () -> Bool)
        async
    {
        let dispatcher = MessageDispatcher(
            queue: queue,
            handOver: MessageHandOver(transport: gateway, ledger: testLedger(time: clock), observer: observations, time: clock))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await dispatcher.run() }
            while !isDone() { await Task.yield() }
            group.cancelAll()
        }
    }

    private func add(_ item: MessageQueue.Item) throws {
        try queue.reserve().fill(item)
    }

    @Test func `What is of no use any more when its turn comes is not handed over, and that is recorded`() async throws {
        let (gateway, store, clock) = (ScriptedGateway(), InMemoryRecordStore(), NotingClock())
        let handOver = MessageHandOver(transport: gateway, ledger: testLedger(store, time: clock), observer: observations, time: clock)
        let late = try message(key: "late", expiresAt: clock.now())
        let error = await #expect(throws: TransportError.self) { try await handOver(late) }
        #expect(error?.code == .notSent && error?.refusal?.cause == .expired)
        #expect(late.withContent { _ in true } == nil)
        #expect(gateway.attempts.isEmpty)
        try await handOver(try message(key: "soon", expiresAt: clock.now() + .milliseconds(1)))
        #expect(gateway.attempts.count == 1)
        var states: [[DeliveryState]] = []
        for key in ["late", "soon"] { states.append(try await testLedger(store).deliveries(of: messageName(key).owner).map(\.state)) }
        #expect(states == [[.notSent(.expired)], [.handedOver]])
    }

    @Test func `Where somebody waits for it, a message is tried no more once that takes too long`() async throws {
        let (gateway, clock) = (ScriptedGateway(Array(repeating: .notSent, count: 6)), SlowClock())
        let handOver = MessageHandOver(
            transport: gateway, ledger: testLedger(time: clock), observer: observations, time: clock, patience: .seconds(5))
        let error = await #expect(throws: TransportError.self) { try await handOver(try message()) }
        // After 0, 3 and 6 seconds.
        #expect(error?.code == .notSent && gateway.attempts.count == 3)
    }

    @Test func `A message goes to the gateway once, as it is, and is wiped then`() async throws {
        let (message, gateway) = (try message(), ScriptedGateway())
        try add(.message(message))
        await run(gateway) { !observations.all.isEmpty }
        #expect(gateway.attempts == [.init(number: number, text: "Example: your code is 493817.", key: messageName("key-1").text)])
        #expect(observations.all.map(\.name) == ["handed-over"])
        #expect(message.withContent { _ in true } == nil)
    }

    @Test func `What was certainly not sent is tried again, twice, with longer pauses and the same key`() async throws {
        let (message, gateway, clock) = (try message(), ScriptedGateway([.notSent, .notSent]), NotingClock())
        try add(.message(message))
        await run(gateway, clock: clock) { !observations.all.isEmpty }
        #expect(gateway.attempts.count == 3 && Set(gateway.attempts).count == 1)
        #expect(clock.pauses == [.milliseconds(200), .milliseconds(400)])
        #expect(observations.all.map(\.name) == ["handed-over"])
        #expect(message.withContent { _ in true } == nil)
    }

    @Test func `A gateway that never takes it is asked six times, over some seconds`() async throws {
        let (message, gateway) = (try message(), ScriptedGateway(Array(repeating: .notSent, count: 9)))
        try add(.message(message))
        await run(gateway) { !observations.all.isEmpty }
        #expect(gateway.attempts.count == 6)
        #expect(observations.all.map { [$0.name, $0.errorCode] } == [["not-handed-over", "transport.notSent"]])
        #expect(message.withContent { _ in true } == nil)
    }

    @Test(arguments: [TransportError.Code.maybeSent, .refused, .unsupported, .init(rawValue: "transport.ofTheHosts")])
    func `What may have been sent, or is refused for good, is never repeated`(_ code: TransportError.Code) async throws {
        let (message, gateway, clock) = (try message(), ScriptedGateway([code]), NotingClock())
        try add(.message(message))
        await run(gateway, clock: clock) { !observations.all.isEmpty }
        #expect(gateway.attempts.count == 1 && clock.pauses.isEmpty)
        #expect(observations.all.map { [$0.name, $0.errorCode] } == [["not-handed-over", code.rawValue]])
        #expect(message.withContent { _ in true } == nil)
    }

    @Test func `A number that gets no message takes the same way and never meets the gateway`() async throws {
        let gateway = ScriptedGateway()
        for _ in 0..<3 { try add(.nothing) }
        try add(.message(try message()))
        await run(gateway) { !observations.all.isEmpty }
        #expect(gateway.attempts.count == 1 && queue.count == 0)
    }

    @Test func `As many messages are at the gateway at once as it can take, and no more`() async throws {
        let gateway = ScriptedGateway(concurrency: 3, holdsUntil: 3)
        for index in 0..<12 { try add(.message(try message(key: "key-\(index)"))) }
        await run(gateway) { observations.all.count == 12 }
        #expect(gateway.mostAtOnce == 3)
        #expect(Set(gateway.attempts.map(\.key)).count == 12)
    }

    @Test func `A dispatcher that is stopped in a pause ends, and wipes what it had`() async throws {
        let (message, gateway, clock) = (try message(), ScriptedGateway([.notSent]), NotingClock(isStill: true))
        try add(.message(message))
        await run(gateway, clock: clock) { !clock.pauses.isEmpty }
        #expect(gateway.attempts.count == 1)
        #expect(message.withContent { _ in true } == nil)
    }
}

@Suite struct QueueTests {
    @Test func `A full queue refuses before anything is written, and a place not used is given back`() throws {
        let queue = MessageQueue(capacity: 2)
        var places = [try queue.reserve(), try queue.reserve()]
        let error = #expect(throws: TransportError.self) { _ = try queue.reserve() }
        #expect(error?.code == .queueFull)
        places.removeLast()
        #expect(queue.count == 1)
        try queue.reserve().fill(.nothing)
        #expect(throws: TransportError.self) { _ = try queue.reserve() }
        places.removeAll()
        #expect(queue.count == 1)
    }

    @Test func `Messages leave in the order they came`() async throws {
        let queue = MessageQueue(capacity: 10)
        for index in 0..<10 { try queue.reserve().fill(.message(try message(key: "\(index)"))) }
        var keys: [String] = []
        while keys.count < 10, case .message(let message)? = await queue.next() { keys.append(message.idempotencyKey) }
        #expect(keys == (0..<10).map { messageName("\($0)").text })
    }

    @Test func `Of many who wait each gets one, and who is cancelled gets nothing and takes nothing`() async throws {
        let queue = MessageQueue(capacity: 100)
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var count = 0
                    while await queue.next() != nil { count += 1 }
                    return count
                }
            }
            var added = 0
            while added < 500 {
                guard let place = try? queue.reserve() else {
                    await Task.yield()
                    continue
                }
                place.fill(.nothing)
                added += 1
            }
            while queue.count > 0 { await Task.yield() }
            group.cancelAll()
            return await group.reduce(0, +)
        }
        #expect(taken == 500)
        try queue.reserve().fill(.nothing)
        #expect(queue.count == 1)
    }

    @Test func `A place is filled once`() async {
        await #expect(processExitsWith: .failure) {
            let place = try MessageQueue(capacity: 2).reserve()
            place.fill(.nothing)
            place.fill(.nothing)
        }
    }
}

@Suite struct DevelopmentInboxTests {
    @Test func `It keeps what arrives, and gives the latest to a number first`() async throws {
        let inbox = DevelopmentInbox()
        for code in ["493817", "260518"] { _ = try await inbox.send(try message("Example: your code is \(code).")) }
        #expect(inbox.items.map(\.recipient) == ["+\(number)", "+\(number)"])
        let latest = try #require(await inbox.take(for: "+\(number)"))
        #expect(DevelopmentInbox.code(in: latest.text) == "260518")
        #expect(latest.channel == .sms && inbox.items.count == 1)
        #expect(await inbox.takeLatest()?.text.contains("493817") == true)
        #expect(inbox.items.isEmpty)
    }

    @Test func `Who waits for a message gets it when it comes, and nobody else's`() async throws {
        let inbox = DevelopmentInbox()
        async let waiting = inbox.take(for: "+\(number)")
        await Task.yield()
        _ = try await inbox.send(try message())
        #expect(await waiting?.text == "Example: your code is 493817.")

        _ = try await inbox.send(try message())
        let other = await withTaskGroup(of: DevelopmentInbox.Item?.self) { group in
            group.addTask { await inbox.take(for: "+41446681801") }
            await Task.yield()
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(other == nil && inbox.items.count == 1)
    }

    @Test func `A message that was wiped is refused`() async throws {
        let message = try message()
        message.wipe()
        let error = await #expect(throws: TransportError.self) { _ = try await DevelopmentInbox().send(message) }
        #expect(error?.code == .refused)
    }

    @Test(
        arguments: [
            ("Example: your code is 493817. It is good for 10 minutes.", "493817"), ("493817", "493817"), ("a 12345 b 1234567 c", nil),
            ("", nil), ("code 4938 17", nil), ("@example.com #493817", "493817"),
        ] as [(String, String?)])
    func `It finds the code that a person would type`(_ text: String, _ code: String?) {
        #expect(DevelopmentInbox.code(in: text) == code)
        #expect(DevelopmentInbox.code(in: "12345678", digits: 8) == "12345678")
    }
}

@Suite struct UnprintableTests {
    private func texts(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        debugPrint(value, to: &text)
        print(value, to: &text)
        for child in Mirror(reflecting: value).children { text += "\(child)" }
        return text + "\(value)" + String(describing: [value]) + String(reflecting: ["": value])
    }

    @Test func `Neither a message nor what holds one shows number or code`() async throws {
        let (message, inbox, queue) = (try message(), DevelopmentInbox(), MessageQueue(capacity: 2))
        _ = try await inbox.send(message)
        try queue.reserve().fill(.message(message))
        let holders: [Any] = [
            message, MessageQueue.Item.message(message), inbox.items[0], inbox.items, inbox, queue, Optional(message) as Any,
        ]
        for holder in holders {
            let text = texts(holder)
            #expect(!text.contains(number) && !text.contains("493817") && !text.contains("446681800"), "\(type(of: holder))")
        }
        #expect(texts(message).contains("<redacted message>"))
    }

    @Test func `No error and no observation shows number or code`() async throws {
        let observations = Observations()
        for code in [TransportError.Code.maybeSent, .refused] {
            let (queue, gateway) = (MessageQueue(capacity: 1), ScriptedGateway([code]))
            try queue.reserve().fill(.message(try message()))
            let before = observations.all.count
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await MessageDispatcher(
                        queue: queue, handOver: MessageHandOver(transport: gateway, ledger: testLedger(), observer: observations)
                    ).run()
                }
                while observations.all.count == before { await Task.yield() }
                group.cancelAll()
            }
        }
        var all: [Any] = observations.all
        do { _ = try MessageQueue(capacity: 0).reserve() } catch { all.append(error) }
        let wiped = try message()
        wiped.wipe()
        do { _ = try await DevelopmentInbox().send(wiped) } catch { all.append(error) }
        #expect(all.count == 4)
        for value in all { #expect(!texts(value).contains(number) && !texts(value).contains("493817")) }
    }

    @Test func `The purpose of a message is its grant's`() throws {
        #expect(try message().purpose == .verification)
        #expect(try message(channel: .voice).channel == .voice)
    }
}
