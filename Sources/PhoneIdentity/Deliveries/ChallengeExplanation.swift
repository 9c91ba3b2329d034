import IdentityTypes
public import Messaging
public import OTPEngine
public import RecordStorage

/// What happened to a challenge, for whoever asks because no code came: without the number, and without whose it is.
public struct ChallengeExplanation: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        /// A code can be typed still.
        case live
        case completed
        /// All tries are used up.
        case exhausted
        case expired
        /// Longer ago than its record is kept; its messages may be known still.
        case gone
    }

    /// What is known of the challenge while its record lasts, which is an hour longer than its code.
    public struct Facts: Hashable, Sendable {
        public let purpose: ChallengePurpose
        public let method: MethodKind
        public let begunAt: Timestamp
        public let expiresAt: Timestamp
        /// How often a code was asked for.
        public let sends: Int
        public let guesses: Int
        public let triesLeft: Int
        /// `false`: the number has no account, so no message went out, and none will.
        public let isDeliverable: Bool
    }

    public let reference: ChallengeReference
    public let state: State
    public let facts: Facts?
    /// Its messages, the first first.
    public let deliveries: [MessageDelivery]
    /// When this was looked up.
    public let time: Timestamp

    /// What a support desk can say and do, the most telling first; each a sentence.
    public var advice: [String] {
        var advice: [String] = []
        if facts?.isDeliverable == false {
            advice.append("The number has no account here: nothing was sent. Offer to sign up, or another number.")
        }
        let newest = deliveries.last
        switch newest?.state(at: time) {
        case nil:
            if facts?.isDeliverable == true, facts?.method.sendsCode == true {
                advice.append(
                    "Nothing was handed to a gateway yet: it waits, or the process that had it has ended. Ask for the code again.")
            }
        case .handingOver: advice.append("It is being handed to the gateway this moment.")
        case .handedOver:
            advice.append("The gateway has it and has not said that it arrived. Ask for a call, or for the code again.")
        case .delivered:
            advice.append("The gateway says that it arrived. Look among blocked senders and other messages, or ask for a call.")
        case .failed(let cause), .notSent(let cause): advice.append(cause.remedy)
        case .unknown: advice.append("The gateway did not answer: it may have arrived. Ask for the code again.")
        }
        switch state {
        case .exhausted: advice.append("All tries are used up: begin again.")
        case .expired: advice.append("The code is over: begin again.")
        case .live, .completed, .gone: break
        }
        if facts == nil, deliveries.isEmpty {
            advice.append("Nothing is known of this reference: it is older than records are kept, or of another service.")
        }
        return advice
    }
}
