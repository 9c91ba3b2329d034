import ConsentLedger
import IdentityTypes
import Messaging
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

// Somebody writes: whose number it is is looked up by its tag, and no record is opened, as the number has come with the message.
extension IdentityService {
    func receive(_ message: InboundMessage) async throws(IdentityError) {
        guard let written = Written(message) else { return observe("inbound-unreadable", message) }
        let number = try Self.guarded(written.number)
        let tags: NumberTags
        do throws(VaultError) { tags = try await vault.tags(of: number) } catch { throw IdentityError(error) }
        // Nobody who is not known is answered: anybody can make a message look as if it came from a number that is dear to answer.
        guard let claim = try await place(of: tags.uniqueness)?.claim, let found = try await enrolment(of: claim.subject)?.0,
            found.state == .active, found.number?.tag == tags.uniqueness
        else { return observe("inbound-unknown", message) }
        let id = deliveries.inboundName(of: message)
        // A STOP is obeyed also where there is no room for its answer.
        let place = written.keyword == nil ? try place() : try? place()
        let answer: Answer
        switch written.keyword {
        case let keyword?: answer = .keyword(keyword)
        case nil:
            guard let conversations = environment.conversations else { return observe("inbound-has-no-handler", message) }
            guard try await mayConverse(found) else { return observe("inbound-without-consent", message) }
            guard try await !wasAnswered(id, found.subject) else { return }
            let told = ConversationMessage(person: try hostPseudonym(of: found), text: written.text, id: id)
            let words: String?
            do { words = try await conversations.handler.answer(told) } catch {
                observe("conversation-handler-failed", message)
                throw IdentityError(.busy, "The host's handler did not take the message: it has to come again.")
            }
            answer = .words(words)
        }
        try await reply(answer, to: number, written, found.subject, tags.uniqueness, id, message, place)
    }

    private func place() throws(IdentityError) -> MessageQueue.Reservation {
        do throws(TransportError) { return try queue.reserve() } catch { throw IdentityError(error) }
    }

    /// What is done and said.
    private enum Answer {
        case keyword(InboundKeyword)
        case words(String?)
    }

    /// A message as it was read, on its way to the handler.
    private struct Written {
        let number: PhoneNumber
        let text: String
        let keyword: InboundKeyword?

        init?(_ message: InboundMessage) {
            let read = message.withContent { number, text -> Written? in
                let parsed = number.withDigits { digits -> PhoneNumber? in
                    let typed = [0x2B] + Array(digits)
                    return try? PhoneNumber(parsing: typed.span, region: nil)
                }
                guard let parsed else { return nil }
                return text.withUnsafeBytes { bytes in
                    Written(number: parsed, text: String(decoding: bytes, as: UTF8.self), keyword: InboundKeyword.find(in: bytes))
                }
            }
            guard let read else { return nil }
            self = read
        }

        private init(number: PhoneNumber, text: String, keyword: InboundKeyword?) {
            (self.number, self.text, self.keyword) = (number, text, keyword)
        }
    }

    private func observe(_ name: String, _ message: InboundMessage) {
        environment.observer.observe(
            Observation(.service, name, labels: [.route: message.route, .channel: message.channel.rawValue]))
    }

    private func mayConverse(_ person: Enrolment) async throws(IdentityError) -> Bool {
        do {
            return try await consentRecords.states(of: person.subject).contains { $0.purpose == .conversation && $0.isInForce(at: now) }
        } catch {
            throw IdentityError(error)
        }
    }

    private func wasAnswered(_ id: [UInt8], _ subject: SubjectID) async throws(IdentityError) -> Bool {
        do throws(StorageError) {
            return try await store.record(at: ConversationState.key(subject.bytes, environment.partitions)).map {
                row throws(StorageError) in
                try ConversationState(row).wasAnswered(id)
            } ?? false
        } catch {
            throw IdentityError(error)
        }
    }

    /// One commit: what a keyword changes, that this message is answered, and the entry of the answer. The answer goes out after it.
    private func reply(
        _ answer: Answer, to number: borrowing GuardedNumber, _ written: Written, _ subject: SubjectID, _ tag: UniquenessTag, _ id: [UInt8],
        _ message: InboundMessage, _ place: MessageQueue.Reservation?
    ) async throws(IdentityError) {
        let purposes =
            environment.conversations.map { $0.policy.purposes(of: message.sender) } ?? ConversationPolicy(help: "-").purposes(of: "")
        let perHour = environment.conversations?.policy.answersPerHour ?? 30
        let isAnswered = try await committing { (commit: inout StagedCommit) async throws(IdentityError) -> Bool in
            guard let (person, record) = try await enrolment(of: subject), person.state == .active, person.number?.tag == tag else {
                return false
            }
            let key = ConversationState.key(subject.bytes, environment.partitions)
            let row: StoredRecord?
            var state: ConversationState
            do throws(StorageError) {
                row = try await store.record(at: key)
                state = try row.map { row throws(StorageError) in try ConversationState(row) } ?? ConversationState()
            } catch {
                throw IdentityError(error)
            }
            let isRepeated = state.wasAnswered(id)
            var events: [AuditEvent] = []
            do throws(ConsentError) {
                switch answer {
                // Whatever name it came under: a STOP that is taken for one that was there before would be lost.
                case .keyword(.stop):
                    events += try await consentRecords.stageStop(of: purposes, by: person.audit, in: &commit)
                    state.stop(at: now)
                case .keyword(.start) where !isRepeated && state.mayStart(at: now):
                    events += try await consentRecords.stageRestart(of: purposes, by: person.audit, in: &commit)
                case .keyword, .words: break
                }
            } catch {
                throw IdentityError(error)
            }
            // A STOP is obeyed however often somebody has been answered.
            let mayAnswer = !isRepeated && state.take(id, perHour: perHour, at: now) && place != nil
            var says = mayAnswer && environment.conversations != nil
            if case .words(let words) = answer {
                says = mayAnswer && words?.isEmpty == false
                if says { try await stageConversation(of: person, in: &commit) }
            }
            if isRepeated, events.isEmpty, commit.isEmpty { return false }
            commit.check(record)
            commit.put(state.encoded, at: key, replacing: row)
            if says {
                events.append(
                    AuditEvent(.conversationAnswered, purpose: .conversation, at: now, subject: person.audit, random: environment.random))
            }
            if !events.isEmpty { outbox.record(events, in: &commit) }
            return says
        }
        guard isAnswered, let words = words(of: answer, written) else { return }
        place?.fill(.message(self.answer(words, to: number, written, message)))
    }

    /// An answer of the host's rests on a consent that holds when its commit is made.
    private func stageConversation(of person: Enrolment, in commit: inout StagedCommit) async throws(IdentityError) {
        let grant: Grant<Purposes.Conversation>
        do { grant = try await consentRecords.grant(Purposes.Conversation.self, of: person.subject) } catch { throw IdentityError(error) }
        do { try grant.stage(in: &commit, now: now) } catch { throw IdentityError(error) }
        grant.spend()
    }

    private func words(of answer: Answer, _ written: Written) -> String? {
        switch answer {
        case .words(let words): return words.map { String(decoding: $0.utf8.prefix(1_600), as: UTF8.self) }
        case .keyword(let keyword):
            guard let policy = environment.conversations?.policy else { return nil }
            let replies = KeywordReplies(brand: environment.policy.template.brand, help: policy.help)
            return replies.text(for: keyword, language: language(of: written.number))
        }
    }

    /// People are answered in what is spoken where their number is from, as nothing else of them is known.
    private func language(of number: PhoneNumber) -> String {
        number.region.map(CodeTemplate.language(of:)) ?? "en"
    }

    private func answer(
        _ words: String, to number: borrowing GuardedNumber, _ written: Written, _ message: InboundMessage
    ) -> OutboundMessage {
        // By the sender that was written to: one for codes answers a STOP to codes.
        if environment.conversations?.policy.codeSenders.contains(message.sender) == true {
            return answer(Purposes.StepUpVerification.self, words, to: number, written, message)
        }
        return answer(Purposes.Conversation.self, words, to: number, written, message)
    }

    private func answer<Use: MessagingPurpose>(
        _ use: Use.Type, _ words: String, to number: borrowing GuardedNumber, _ written: Written, _ message: InboundMessage
    ) -> OutboundMessage {
        let id = environment.random.bytes(16)
        // One answer to one message, which somebody has just sent: their STOP, which ends everything else, is answered too.
        let grant = consentRecords.grantForChallenge(use, challenge: id)
        let outbound = OutboundMessage(
            to: .number(number.duplicate()), MessageWords(text: GuardedBytes(copying: Array(words.utf8))), channel: message.channel,
            destination: MessageDestination(written.number), grant: grant, name: MessageName(owner: id, send: 0))
        grant.spend()
        return outbound
    }
}
