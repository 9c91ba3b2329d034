/// What a gateway asks for after somebody pressed a key in a call: what it says then, in its own language, for the host's web server to answer with.
///
/// It holds the code, and prints as `<redacted>`.
public struct VoiceResponse: Sendable {
    /// Of the answer's header.
    public let contentType: String
    public let body: [UInt8]
    /// What it means for the message: with a key pressed, that it reached somebody.
    public let events: [TransportEvent]

    package init(contentType: String, body: [UInt8], events: [TransportEvent]) {
        (self.contentType, self.body, self.events) = (contentType, body, events)
    }
}

extension VoiceResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted voice response>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
