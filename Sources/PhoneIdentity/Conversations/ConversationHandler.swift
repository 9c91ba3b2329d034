public import IdentityTypes

/// What somebody wrote, without their number.
public struct ConversationMessage: Sendable, CustomStringConvertible, CustomReflectable {
    /// The host's own.
    public let person: Pseudonym
    public let text: String
    /// 16 bytes, the same each time the message is given out.
    public let id: [UInt8]

    public var description: String { "<redacted message of \(person.rawValue)>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Answers people who write to one of the host's numbers.
///
/// Contract: a message comes at least once, only while its sender's consent to ``PurposeCode/conversation`` is in force, and never where it is a STOP,
/// HELP or START: those are obeyed before. Throw to have the gateway bring it again.
public protocol ConversationHandler: Sendable {
    /// - Returns: what is answered, at most 1,600 bytes of UTF-8; `nil` for nothing.
    func answer(_ message: ConversationMessage) async throws -> String?
}

/// What is answered without the host, and how often.
public struct ConversationPolicy: Hashable, Sendable {
    /// Those of your senders that send codes, as gateways name them: a STOP to one ends step-up by message and nothing else, and one to any other
    /// sender ends alerts, news and conversations and no code.
    public var codeSenders: Set<String> = []
    /// Where people find help: an address of the web, a number or an e-mail address, 1 to 120 bytes. It stands in the answers to HELP.
    public var help: String
    /// Answers to one person, keywords' included, in an hour.
    public var answersPerHour = 30

    public init(help: String) { self.help = help }

    /// What a STOP to a sender ends.
    func purposes(of sender: String) -> Set<PurposeCode> {
        codeSenders.contains(sender) ? [.stepUpVerification] : [.conversation, .securityAlert, .serviceAlert, .productUpdate]
    }
}

/// How the host takes part in conversations.
public struct Conversations: Sendable {
    public var handler: any ConversationHandler
    public var policy: ConversationPolicy

    public init(_ handler: any ConversationHandler, policy: ConversationPolicy) {
        (self.handler, self.policy) = (handler, policy)
    }
}
