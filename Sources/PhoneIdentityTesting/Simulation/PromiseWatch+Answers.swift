import CryptoPrimitives
import IdentityTypes
import OTPEngine
import RecordStorage

/// What the world outside is told: messages and answers, held against the commits that were seen.
extension PromiseWatch {
    // MARK: Messages

    /// A process hands a message to the gateway.
    func handedOver(_ key: String) {
        state.withLock { state in
            let parts = key.split(separator: "-")
            guard parts.count == 2, let id = Hexadecimal.decode(String(parts[0])), let sends = Int(parts[1]),
                let challenge = state.challenges[id], challenge.sends >= sends
            else { return Self.note("a code was sent before its challenge was committed", in: &state) }
            if !challenge.isDeliverable { Self.note("a code was sent to a number that must get none", in: &state) }
        }
    }

    // MARK: Answers

    /// The challenge that was begun in a session.
    func challenge(of session: [UInt8]) -> Challenge? {
        guard let binding = try? RequesterBinding(Requester(session: session)) else { return nil }
        return state.withLock { state in state.challengeOfBinding[binding.bytes].flatMap { state.challenges[$0] } }
    }

    /// An answer told whether a guess was right. It must have been paid for by then, and no more of them told than there are tries.
    func told(_ attempt: [UInt8], session: [UInt8]) {
        guard let challenge = challenge(of: session) else { return breaks("a guess was answered without a challenge") }
        let count = state.withLock { state in
            state.told[challenge.id.bytes, default: []].insert(attempt)
            return state.told[challenge.id.bytes]!.count
        }
        if count > challenge.paid.count { breaks("a guess was compared that nobody had paid for") }
        if count > policy.tries { breaks("more guesses were answered than a challenge has tries") }
    }

    /// Whose number it was at some time from `start` on, by the pseudonym's subject.
    func names(_ pseudonym: [UInt8], holderOf tag: [UInt8], since start: Timestamp) -> Bool {
        state.withLock { state in
            guard let name = state.names[pseudonym], name.consumer == Consumer.host.rawValue else { return false }
            return state.claims[tag]?.contains { $0.subject == name.subject && ($0.to.map { $0 >= start } ?? true) } ?? false
        }
    }

    /// Whether nobody had the number, or its holder was being erased, at some moment since `start`.
    func wasFree(_ tag: [UInt8], since start: Timestamp) -> Bool {
        state.withLock { state in
            guard let last = state.claims[tag]?.last else { return true }
            return last.from > start || last.to != nil || state.erasing.contains(last.subject)
        }
    }

    /// Whether somebody had the number at some moment since `start`.
    func wasClaimed(_ tag: [UInt8], since start: Timestamp) -> Bool {
        state.withLock { state in state.claims[tag]?.contains { $0.to.map { $0 >= start } ?? true } ?? false }
    }

    /// Notes who completed the challenge of a session. - Returns: whether it is the only one.
    func wins(_ attempt: [UInt8], session: [UInt8]) -> Bool {
        guard let id = challenge(of: session)?.id.bytes else { return false }
        return state.withLock { state in
            if state.winner[id] == nil { state.winner[id] = attempt }
            return state.winner[id] == attempt
        }
    }

    /// Notes the answer of an attempt. - Returns: whether it is the one that it got before.
    func isAnsweredAlways(_ pseudonym: [UInt8], _ attempt: [UInt8]) -> Bool {
        state.withLock { state in
            if state.answer[attempt] == nil { state.answer[attempt] = pseudonym }
            return state.answer[attempt] == pseudonym
        }
    }
}
