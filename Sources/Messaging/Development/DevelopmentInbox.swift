import Synchronization

/// Keeps messages in this process instead of sending them: for examples and tests, never for people.
///
/// The one place where recipient and text are plain values, as its name says. A service that starts with it should say so aloud.
public final class DevelopmentInbox: MessageTransport {
    /// What arrived.
    public struct Item: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        /// E.164 with `+`, or an e-mail address.
        public let recipient: String
        public let text: String
        public let channel: OutboundMessage.Channel

        public var description: String { "<redacted message>" }
        public var debugDescription: String { description }
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    private struct State {
        var items: [Item] = []
        var arrivals: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    public let name = "development-inbox"
    public let capabilities = TransportCapabilities(channels: Set(OutboundMessage.Channel.allCases))

    public init() {}

    public func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        let item = message.withContent { content in
            Item(
                recipient: (message.channel == .email ? "" : "+") + String(decoding: content.recipient, as: UTF8.self),
                text: String(decoding: content.text, as: UTF8.self),
                channel: message.channel)
        }
        guard let item else { throw TransportError(.refused, "The message was wiped before it was sent.") }
        let waiting = state.withLock { state in
            state.items.append(item)
            defer { state.arrivals = [] }
            return state.arrivals
        }
        for arrival in waiting { arrival.resume() }
        return MessageReceipt(route: name, gatewayIDs: [message.idempotencyKey])
    }

    /// Everything that arrived, oldest first.
    public var items: [Item] { state.withLock { $0.items } }

    /// Removes and returns the latest message to a number (E.164 with `+`) or an e-mail address, waiting for one to arrive.
    ///
    /// - Returns: `nil` when the task is cancelled first.
    public func take(for recipient: String) async -> Item? {
        await take { $0.recipient == recipient }
    }

    /// The same for whichever recipient.
    public func takeLatest() async -> Item? {
        await take { _ in true }
    }

    private func take(_ isWanted: @Sendable (Item) -> Bool) async -> Item? {
        while !Task.isCancelled {
            if let item = takeNow(isWanted) { return item }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if Task.isCancelled || state.items.contains(where: isWanted) { return true }
                        state.arrivals.append(continuation)
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                let waiting = state.withLock { state in
                    defer { state.arrivals = [] }
                    return state.arrivals
                }
                for arrival in waiting { arrival.resume() }
            }
        }
        return nil
    }

    private func takeNow(_ isWanted: (Item) -> Bool) -> Item? {
        state.withLock { state in
            guard let index = state.items.lastIndex(where: isWanted) else { return nil }
            return state.items.remove(at: index)
        }
    }

    /// The first run of `digits` ASCII digits in a text, or of as many that are spelled, as in a call: `4, 9, 3`. The code a person would type.
    public static func code(in text: String, digits: Int = 6) -> String? {
        let runs = text.utf8.split { !isDigit($0) }
        if let run = runs.first(where: { $0.count == digits }) { return String(decoding: run, as: UTF8.self) }
        var spelled: [UInt8] = []
        for word in text.utf8.split(separator: 0x20) {
            let isLast = word.last != 0x2C
            guard let digit = word.first, isDigit(digit), word.dropFirst().allSatisfy({ !isDigit($0) }) else {
                spelled = []
                continue
            }
            spelled.append(digit)
            guard isLast else { continue }
            if spelled.count == digits { return String(decoding: spelled, as: UTF8.self) }
            spelled = []
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
