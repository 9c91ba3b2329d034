import Messaging
import PhoneIdentityTesting
import Synchronization
import Testing

/// A transport over an inbox, with one defect.
private struct Faulty: MessageTransport {
    enum Defect: String, CaseIterable {
        case deniesWhenCancelled, doubles, loses, alters, leaks, takesWiped, takesEverything, hangs, badName, oneName, noName,
            claimsToRefuseRepeats
    }

    let inbox = DevelopmentInbox()
    let defect: Defect?
    private let count = Counter()

    private final class Counter: Sendable {
        private let value = Mutex(0)
        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }

    init(_ defect: Defect?) { self.defect = defect }

    var name: String { defect == .badName ? "my transport!" : "faulty" }
    var capabilities: TransportCapabilities {
        TransportCapabilities(channels: [.sms], refusesRepeats: defect == .claimsToRefuseRepeats)
    }

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        guard message.channel == .sms || defect == .takesEverything else { throw TransportError(.unsupported, "Texts alone.") }
        let text = message.withContent { String(decoding: $0.text, as: UTF8.self) }
        if text == nil, defect == .leaks || defect == .takesWiped {
            if defect == .takesWiped { return MessageReceipt(route: name, gatewayIDs: ["none"]) }
        }
        if defect == .leaks, let text { throw TransportError(.refused, "No: \(text)") }
        if defect == .hangs, Task.isCancelled {
            for _ in 0..<2_100 { try? await Task.detached { try await Task.sleep(for: .milliseconds(10)) }.value }
        }
        if defect == .deniesWhenCancelled, Task.isCancelled {
            _ = try await inbox.send(message)
            throw TransportError(.notSent, "Cancelled.")
        }
        if defect == .loses, count.next() % 7 == 3 { return MessageReceipt(route: name, gatewayIDs: ["lost-\(count.next())"]) }
        var receipt = try await inbox.send(message)
        if defect == .doubles { _ = try await inbox.send(message) }
        if defect == .oneName { receipt = MessageReceipt(route: name, gatewayIDs: ["always"]) }
        if defect == .noName { receipt = MessageReceipt(route: name, gatewayIDs: []) }
        return receipt
    }

    var arrivals: [MessageTransportConformance.Arrival] {
        inbox.items.map { item in
            let text =
                defect == .alters ? String(String.UnicodeScalarView(item.text.unicodeScalars.filter { $0.value < 0x10000 })) : item.text
            return .init(recipient: item.recipient, text: text)
        }
    }
}

@Suite struct TransportConformanceTests {
    @Test func `A transport that keeps the contract passes`() async throws {
        let sound = Faulty(nil)
        try await MessageTransportConformance(sound) { sound.arrivals }.run()
        let inbox = DevelopmentInbox()
        try await MessageTransportConformance(inbox) { inbox.items.map { .init(recipient: $0.recipient, text: $0.text) } }.run()
    }

    @Test(arguments: Faulty.Defect.allCases)
    private func `Each defect is found, and nothing that is said of it holds a number or words`(_ defect: Faulty.Defect) async throws {
        let faulty = Faulty(defect)
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await MessageTransportConformance(faulty) { faulty.arrivals }.run()
        }
        #expect(failure?.contract == "MessageTransport")
        #expect(failure.map { !"\($0)".contains("447700900") && !"\($0)".contains("493817") } == true)
    }
}
