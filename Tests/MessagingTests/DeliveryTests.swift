import CryptoPrimitives
import IdentityTypes
import PhoneNormalization
import RecordStorage
import Synchronization
import Testing

@testable import Messaging

/// A clock that a test moves.
private final class SetClock: TimeSource {
    private let time = Mutex(Timestamp(milliseconds: 1_795_478_400_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
    func sleep(for duration: Duration) async throws(CancellationError) { await Task.yield() }
}

@Suite("What is known of a message: recorded before, settled by answer, receipt or time") struct DeliveryTests {
    private let clock = SetClock()
    private let store = InMemoryRecordStore()
    private var ledger: DeliveryLedger { testLedger(store, time: clock) }
    private let owner = messageName("challenge").owner

    private func begin(_ key: String = "challenge") async throws -> DeliveryLedger.Entry { try await ledger.begin(try message(key: key)) }
    private var state: DeliveryState? {
        get async throws { try await ledger.deliveries(of: owner).last?.state(at: clock.now()) }
    }

    private func receipt(
        _ id: String = "g-1", _ status: DeliveryReceipt.Status = .delivered, route: String = "a", key: String? = nil
    ) -> DeliveryReceipt {
        DeliveryReceipt(route: route, gatewayID: id, status: status, providerCode: "7", idempotencyKey: key)
    }

    @Test func `It is written down before it is sent, and what the process dies over is unknown`() async throws {
        _ = try await begin()
        #expect(try await state == .handingOver)
        clock.advance(by: MessageDelivery.handingOverLimit)
        #expect(try await state == .unknown)
        // A receipt that echoes our own name settles it.
        _ = try await ledger.receive(receipt(key: messageName("challenge").text))
        #expect(try await state == .delivered)
    }

    @Test func `What the gateway answers, and says later, is what is known; the last message of a challenge was the one that did it`()
        async throws
    {
        let entry = try await begin()
        _ = try await ledger.end(entry, with: MessageReceipt(route: "a", gatewayIDs: ["g-1"], price: Money(micros: 52_000)))
        #expect(try await state == .handedOver)
        _ = try await ledger.receive(receipt("g-1", .underWay))
        #expect(try await state == .handedOver)
        let delivery = try #require(try await ledger.receive(receipt()))
        #expect(delivery.state == .delivered && delivery.route == "a" && delivery.cost == Money(micros: 52_000))
        #expect(delivery.feedback?.event == .delivered)
        let completed = try await ledger.complete(owner)
        #expect(completed?.completedAt == clock.now() && completed?.feedback?.event == .completed)
        #expect(try await ledger.complete(messageName("nobody").owner) == nil)
    }

    @Test func `A receipt that is faster than the answer waits for it`() async throws {
        let entry = try await begin()
        #expect(try await ledger.receive(receipt()) == nil)
        #expect(try await state == .handingOver)
        let delivery = try await ledger.end(entry, with: MessageReceipt(route: "a", gatewayIDs: ["g-1"]))
        #expect(delivery?.state == .delivered)
    }

    @Test func `What has arrived has, whatever comes late; a route learns of it once; a code that is none is left out`() async throws {
        let entry = try await begin()
        #expect(try await ledger.receive(receipt()) == nil)
        #expect(try await ledger.receive(receipt("g-1", .underWay)) == nil)
        let delivery = try await ledger.end(entry, with: MessageReceipt(route: "a", gatewayIDs: ["g-1"]))
        #expect(delivery?.state == .delivered && delivery?.feedback?.event == .delivered)
        #expect(try await ledger.receive(receipt())?.feedback == nil)
        _ = try await ledger.complete(owner)
        #expect(try await ledger.receive(receipt())?.feedback == nil)
        let long = DeliveryReceipt(
            route: "a", gatewayID: "h", status: .failed(.unknown), providerCode: "no such number +41446681800, sorry for that")
        #expect(long.providerCode.isEmpty)
    }

    @Test func `One name for all of a text in parts settles it, and the parts are paid for`() async throws {
        let sent = try message(key: "challenge", parts: 3)
        let entry = try await ledger.begin(sent)
        _ = try await ledger.end(entry, with: MessageReceipt(route: String(repeating: "r", count: 40), gatewayIDs: ["g-1"]))
        let delivery = try #require(try await ledger.deliveries(of: owner).first)
        #expect(delivery.parts == 3 && delivery.route.utf8.count == 32)
        _ = try await ledger.receive(receipt(route: String(repeating: "r", count: 32)))
        #expect(try await state == .handedOver)
    }

    @Test func `A message in parts has arrived when each of them has, each counted once, and is lost with one of them`() async throws {
        let parts = MessageReceipt(route: "a", gatewayIDs: ["g-1", "g-2", "g-3"])
        _ = try await ledger.end(try await begin(), with: parts)
        for id in ["g-1", "g-1", "g-2", "g-1"] { _ = try await ledger.receive(receipt(id)) }
        #expect(try await state == .handedOver)
        _ = try await ledger.receive(receipt("g-3"))
        #expect(try await state == .delivered)
        let other = MessageReceipt(route: "a", gatewayIDs: ["h-1", "h-2"])
        _ = try await ledger.end(try await begin("other"), with: other)
        _ = try await ledger.receive(receipt("h-1"))
        let lost = try await ledger.receive(receipt("h-2", .failed(.unreachable)))
        #expect(lost?.state == .failed(.unreachable) && lost?.providerCode == "7" && lost?.parts == 2)
    }

    @Test func `Receipts in any order, twice and all at once leave one outcome`() async throws {
        _ = try await ledger.end(try await begin(), with: MessageReceipt(route: "a", gatewayIDs: (0..<4).map { "g-\($0)" }))
        await withTaskGroup { group in
            for round in 0..<40 {
                group.addTask { _ = try? await ledger.receive(receipt("g-\(round % 4)", round < 20 ? .underWay : .delivered)) }
            }
        }
        let delivery = try #require(try await ledger.deliveries(of: owner).last)
        #expect(delivery.state == .delivered && delivery.namesDelivered == 4)
    }

    @Test func `Nothing else is settled by another route's receipt, one of a message of somebody else's, or hostile names`() async throws {
        _ = try await ledger.end(try await begin(), with: MessageReceipt(route: "a", gatewayIDs: ["g-1"]))
        let names = ["g-2", "", String(repeating: "x", count: 129), "\u{0}", "g-1 "]
        for name in names { #expect(try await ledger.receive(receipt(name)) == nil) }
        #expect(try await ledger.receive(receipt("g-1", route: "b")) == nil)
        for key in ["", "-", "zz", messageName("challenge").text + "0", messageName("challenge").text + "-1", messageName("nobody").text] {
            #expect(try await ledger.receive(receipt("x-\(key)", key: key)) == nil)
        }
        #expect(try await state == .handedOver)
    }

    @Test(
        arguments: [
            (.notSent, .notSent(.gatewayDown)), (.refused, .notSent(.gatewayDown)), (.maybeSent, .unknown),
        ] as [(TransportError.Code, DeliveryState)])
    func `What was not handed over says why, and what may have been is unknown`(_ code: TransportError.Code, _ expected: DeliveryState)
        async throws
    {
        let refusal = ProviderRefusal(.gatewayDown, provider: "gw", providerCode: "503", of: .unknown)
        let delivery = try await ledger.end(try await begin(), with: TransportError(code, refusal), by: "all")
        #expect(delivery?.state == expected && delivery?.route == "gw" && delivery?.providerCode == "503")
        #expect(delivery?.isPaidFor == (code == .maybeSent))
        let other = try await ledger.end(try await begin("other"), with: TransportError(code, "No."), by: "all")
        #expect(other?.route == "all")
    }

    @Test func `A day is counted by route and country, in money too, and an unknown outcome is paid for`() async throws {
        func add(_ key: String, _ country: UInt16, _ end: (DeliveryLedger.Entry) async throws -> Void) async throws {
            let sent = try message(key: key, destination: MessageDestination(countryCallingCode: country, range: UInt64(country)))
            try await end(try await ledger.begin(sent))
        }
        let price = Money(micros: 50_000)
        for index in 0..<3 {
            try await add("a\(index)", 41) { entry in
                _ = try await ledger.end(entry, with: MessageReceipt(route: "a", gatewayIDs: ["g\(index)"], price: price))
            }
        }
        _ = try await ledger.receive(receipt("g0"))
        _ = try await ledger.receive(receipt("g1", .failed(.filtered)))
        _ = try await ledger.complete(messageName("a0").owner)
        try await add("b", 49) { _ = try await ledger.end($0, with: TransportError(.refused, "No."), by: "a") }
        try await add("c", 49) { _ = try await ledger.end($0, with: TransportError(.maybeSent, "Silent."), by: "a") }
        let day = MessageDelivery.day(of: clock.now())
        let report = try await ledger.report(on: day, byRange: false)
        #expect(report.lines.count == 2)
        let swiss = try #require(report.lines.first { $0.place.countryCallingCode == 41 })
        #expect([swiss.messages, swiss.delivered, swiss.failed, swiss.handedOver, swiss.completed] == [3, 1, 1, 1, 1])
        #expect(swiss.cost == Money(micros: 150_000) && swiss.conversion == 1.0 / 3)
        let german = try #require(report.lines.first { $0.place.countryCallingCode == 49 })
        #expect([german.messages, german.notSent, german.unknown, german.parts] == [2, 1, 1, 1])
        #expect(report.cost == Money(micros: 150_000))
        let ranges = try await ledger.report(on: day, byRange: true).lines.compactMap(\.place.range)
        #expect(Set(ranges) == [41, 49])
        #expect(try await ledger.report(on: day + 1, byRange: false).lines.isEmpty)
        #expect(try await ledger.report(on: day - 1, byRange: false).lines.isEmpty)
    }

    @Test func `Rows hold no number, no words and no gateway's name, and are read back as they were`() async throws {
        let gatewayID = "SM0123456789abcdef0123456789abcdef"
        _ = try await ledger.end(try await begin(), with: MessageReceipt(route: "a", gatewayIDs: [gatewayID]))
        _ = try await ledger.receive(receipt("early"))
        for partition in PartitionCount.standard.all {
            for collection in DeliveryLedger.expiringCollections {
                for record in try await store.records(in: RecordRange(partition: partition, collection: collection), limit: 100) {
                    let text = String(decoding: record.value + record.key.row, as: UTF8.self)
                    for secret in [number, "493817", gatewayID, "early", "Example"] { #expect(!text.contains(secret)) }
                    #expect(record.expiresAt != nil)
                }
            }
        }
        let delivery = try #require(try await ledger.deliveries(of: owner).first)
        #expect(delivery.purpose == .verification && delivery.channel == .sms && delivery.send == 1)
    }

    @Test func `Deliveries of the last days are found, and a name is what it was made of`() async throws {
        _ = try await begin()
        clock.advance(by: .seconds(20 * 86_400))
        #expect(try await ledger.deliveries(of: owner).count == 1)
        clock.advance(by: .seconds(30 * 86_400))
        #expect(try await ledger.deliveries(of: owner).isEmpty)
        for send in [0, 1, 255] {
            let name = MessageName(owner: owner, send: send)
            #expect(MessageName(name.text) == name)
        }
        for text in [
            "", "-1", "00", Hexadecimal.encode(owner) + "-0", Hexadecimal.encode(owner) + "-01", Hexadecimal.encode(owner) + "-256",
        ] {
            #expect(MessageName(text) == nil)
        }
    }
}

@Suite("A gateway's refusal says what kind of number, where, by whom, and what to do") struct RefusalTests {
    @Test(
        "react-native-firebase#8473, flutterfire#13408: a region was switched off, and the error blamed another setting",
        arguments: ProviderRefusal.Cause.allCases)
    func refusals(_ cause: ProviderRefusal.Cause) throws {
        let destination = MessageDestination(countryCallingCode: 62, region: Region("ID"), lineType: .mobile)
        let refusal = ProviderRefusal(cause, provider: "twilio", providerCode: "21408", of: destination)
        for part in ["twilio", cause.rawValue, "21408", cause.remedy] { #expect(refusal.description.contains(part)) }
        #expect((refusal.numberClass, refusal.region) == ("mobile", "ID"))
        #expect(refusal.description.contains("mobile number in ID") != cause.isOfAccount)
        let error = TransportError(.refused, refusal)
        #expect(error.refusal == refusal && error.description.hasPrefix("transport.refused: twilio"))
    }

    @Test func `A gateway's code that could be a number is left out`() {
        for code in ["+41446681800", "41446681800", "to 0446681800", String(repeating: "a", count: 33)] {
            let refusal = ProviderRefusal(.unknown, provider: "gw", providerCode: code, of: .unknown)
            #expect(refusal.providerCode.isEmpty && !refusal.description.contains("446681800"))
        }
        #expect(ProviderRefusal(.unknown, provider: "gw", providerCode: "0x0000000B", of: .unknown).providerCode.isEmpty)
        #expect(ProviderRefusal(.unknown, provider: "gw", providerCode: "E-21.4 ", of: .unknown).providerCode == "E-21.4")
    }
}
