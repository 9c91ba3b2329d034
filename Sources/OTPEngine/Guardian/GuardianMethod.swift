import CryptoPrimitives
package import IdentityTypes
package import RecordStorage

/// Somebody with a proven number answers for a person: at a sign-up, or when a ward has lost their own way in.
///
/// Who asks gets two texts of 128 bits each, made from a key that is not in the store: nobody can guess one, and a stolen database holds
/// none. Who may answer, and with which proof, is the caller's to decide.
public struct GuardianMethod: VerificationMethod {
    /// How long a guardian has to answer, and then who asked to take the answer up.
    public static let lifetime: Duration = .seconds(7 * 86_400)

    public let kind = MethodKind.guardian
    public let assurance = Assurance.vouched
    public let answersCanBeGuessed = false
    private let store: any RecordStore
    private let partitions: PartitionCount
    private let key: BudgetKey
    private let time: any TimeSource
    private let random: any RandomSource

    package init(store: any RecordStore, partitions: PartitionCount, key: BudgetKey, time: any TimeSource, random: any RandomSource) {
        (self.store, self.partitions, self.key, self.time, self.random) = (store, partitions, key, time, random)
    }

    // MARK: Asking and answering

    /// Stages a request. One row, which goes with its time.
    ///
    /// - Parameter subject: whose account it is about, of a recovery; `nil` for a decoy.
    package func stageRequest(isSignUp: Bool, subject: SubjectID?, in commit: inout StagedCommit) -> GuardianRequest {
        let (id, expires) = (random.bytes(16), time.now() + Self.lifetime)
        commit.insert(
            GuardianRequestState(subject: subject, isSignUp: isSignUp, expires: expires).encoded, at: recordKey(id), expiresAt: expires)
        return GuardianRequest(claim: text(id, "claim"), invitation: text(id, "invitation"), expiresAt: expires)
    }

    /// The request that an invitation leads to.
    ///
    /// - Throws: ``OTPError`` with code `.invitationInvalid` when it was never made here, is over, or was answered; `.unavailable`.
    package func request(invitation: String) async throws(OTPError) -> (StoredRecord, GuardianRequestState) {
        guard let found = try await find(invitation, "invitation"), case .asked = found.1.answer else { throw .invitationInvalid }
        return found
    }

    package func stageAnswer(
        _ answer: GuardianRequestState.Answer, to request: (StoredRecord, GuardianRequestState), in commit: inout StagedCommit
    ) {
        var state = request.1
        (state.answer, state.expires) = (answer, time.now() + Self.lifetime)
        commit.put(state.encoded, at: request.0.key, replacing: request.0, expiresAt: state.expires)
    }

    /// Where a request stands, for who asked.
    ///
    /// - Throws: ``OTPError`` with code `.invitationInvalid` or `.unavailable`.
    package func answer(claim: String) async throws(OTPError) -> GuardianAnswer {
        guard let found = try await find(claim, "claim") else { throw .invitationInvalid }
        switch found.1.answer {
        case .asked: return .asked
        case .approved: return .approved
        case .denied: return .denied
        }
    }

    // MARK: As a method

    /// - Parameter answer: a response, the UTF-8 of the claim.
    public func check(_ answer: MethodAnswer, to question: MethodQuestion) async throws(OTPError) -> CheckedAnswer {
        guard case .response(let bytes) = answer else { throw .malformedResponse }
        guard let (record, state) = try await find(String(decoding: bytes, as: UTF8.self), "claim"),
            state.isSignUp ? question.purpose == .verification : state.subject != nil && state.subject == question.subject,
            case .approved(let guardian, _) = state.answer
        else { return .wrong }
        return .rightUsing(GuardianApproval(guardian: guardian, record: record, store: store))
    }

    // MARK: Texts and rows

    private func find(_ text: String, _ use: String) async throws(OTPError) -> (StoredRecord, GuardianRequestState)? {
        guard text.utf8.count <= 64, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        let id = Array(bytes[..<16])
        guard constantTimeEquals(Array(bytes[16...]), code(of: id, use)) else { return nil }
        do {
            guard let record = try await store.record(at: recordKey(id)) else { return nil }
            let state = try decodeRecord(record, GuardianRequestState.init(from:))
            return time.now() < state.expires ? (record, state) : nil
        } catch {
            throw OTPError(error)
        }
    }

    private func text(_ id: [UInt8], _ use: String) -> String { Base64URL.encode(id + code(of: id, use)) }

    private func code(of id: [UInt8], _ use: String) -> [UInt8] {
        var hash = BLAKE2b(label: "SPNI/v1/guardian", key: key.secret, length: 16)
        hash.append(use)
        hash.append(id)
        return hash.finish()
    }

    private func recordKey(_ id: [UInt8]) -> RecordKey {
        RecordKey(partition: partitions.partition(of: id), collection: GuardianRequestState.collection, row: id)
    }
}

/// A guardian's word, which is good once.
package struct GuardianApproval: AnswerUse {
    package let guardian: SubjectID
    private let record: StoredRecord
    private let store: any RecordStore

    fileprivate init(guardian: SubjectID, record: StoredRecord, store: any RecordStore) {
        (self.guardian, self.record, self.store) = (guardian, record, store)
    }

    package func stage(in commit: inout StagedCommit) async throws(OTPError) {
        let present: StoredRecord?
        do { present = try await store.record(at: record.key) } catch { throw OTPError(error) }
        guard let present, present.version == record.version else { throw .codeUsed }
        commit.delete(present)
    }
}
