public import IdentityTypes
import OTPEngine
public import RecordStorage

/// Something that happened to an account and that its owner has to hear of by another way than the one it happened by.
public struct AccountNotice: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Somebody asks for the account with a weak proof. From then on they are let in, unless the owner calls `stopRecovery` before.
        case recoveryWaits(until: Timestamp)
        case recovered
        case numberChanged
        case emailChanged
        /// An authenticator app was set up, or taken away.
        case authenticatorChanged
        case recoveryCodesReplaced
        /// Somebody else shows that they have the number, and gets it from then on, unless its owner proves it again before: by a step-up, or
        /// as a new number.
        case takeOverWaits(until: Timestamp)
        /// The number is another account's now. Everything else stays.
        case numberLost
    }

    public let kind: Kind
    /// The host's own.
    public let pseudonym: Pseudonym
    public let time: Timestamp
    /// 16 bytes, the same each time the notice is given out.
    public let id: [UInt8]
}

/// Takes notices to people: by push, by e-mail, by a banner in every session that is signed in.
///
/// Contract: a notice is given out at least once, a person's oldest first, until the call returns without throwing
/// or thirty days are over; by ``AccountNotice/id`` a
/// handler knows one that it had. Of somebody who is erased, no more come.
public protocol NoticeHandler: Sendable {
    func notify(_ notice: AccountNotice) async throws
}

/// A notice as its row holds it: version u8 = 1, kind u8, pseudonym 20, time i64, until i64. Its row is the subject
/// 16, the time i64 and the id 16, so that a person's come in order.
struct StoredNotice: Hashable, Sendable {
    static let collection: RecordCollection = "notice"

    let notice: AccountNotice

    func key(of subject: SubjectID, _ partitions: PartitionCount) -> RecordKey {
        var row = ByteWriter(capacity: 40)
        row.fixed(subject.bytes)
        row.time(notice.time)
        row.fixed(notice.id)
        return RecordKey(partition: partitions.partition(of: subject.bytes), collection: Self.collection, row: row.bytes)
    }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 38)
        writer.u8(1)
        var until = Timestamp(milliseconds: 0)
        switch notice.kind {
        case .recoveryWaits(let time):
            writer.u8(1)
            until = time
        case .recovered: writer.u8(2)
        case .numberChanged: writer.u8(3)
        case .emailChanged: writer.u8(4)
        case .authenticatorChanged: writer.u8(5)
        case .recoveryCodesReplaced: writer.u8(6)
        case .takeOverWaits(let time):
            writer.u8(7)
            until = time
        case .numberLost: writer.u8(8)
        }
        writer.fixed(notice.pseudonym.bytes)
        writer.time(notice.time)
        writer.time(until)
        return writer.bytes
    }

    init(_ notice: AccountNotice) { self.notice = notice }

    init(_ record: StoredRecord) throws(StorageError) {
        let id = Array(record.key.row.dropFirst(24))
        self = try decodeRecord(record) { reader throws(MalformedBytes) in
            guard try reader.u8() == 1 else { throw MalformedBytes() }
            let code = try reader.u8()
            let (pseudonym, time, until) = (Pseudonym(bytes: try reader.fixed(20)), try reader.time(), try reader.time())
            let kind: AccountNotice.Kind
            switch code {
            case 1: kind = .recoveryWaits(until: until)
            case 2: kind = .recovered
            case 3: kind = .numberChanged
            case 4: kind = .emailChanged
            case 5: kind = .authenticatorChanged
            case 6: kind = .recoveryCodesReplaced
            case 7: kind = .takeOverWaits(until: until)
            case 8: kind = .numberLost
            default: throw MalformedBytes()
            }
            return StoredNotice(AccountNotice(kind: kind, pseudonym: pseudonym, time: time, id: id))
        }
    }
}

extension IdentityService {
    /// How long a notice is kept for a handler that does not take it.
    private static let noticeLife: Duration = .seconds(30 * 86_400)

    /// Stages a notice, where the host has somebody to take it; where not, the observer hears that nobody is told.
    func stage(_ kind: AccountNotice.Kind, for enrolment: Enrolment, in commit: inout StagedCommit) throws(IdentityError) {
        guard environment.notices != nil else {
            environment.observer.observe(Observation(.service, "notice-has-no-handler"))
            return
        }
        let notice = AccountNotice(
            kind: kind, pseudonym: try hostPseudonym(of: enrolment), time: now, id: environment.random.bytes(16))
        let stored = StoredNotice(notice)
        commit.insert(
            stored.encoded, at: stored.key(of: enrolment.subject, environment.partitions), expiresAt: now + Self.noticeLife)
    }

    /// One round over the notices that wait. ``run()`` does this beside everything else; an operator's job may do it too.
    ///
    /// - Returns: how many the handler took.
    /// - Throws: ``IdentityError`` with a storage code.
    @discardableResult
    public func giveNotices() async throws(IdentityError) -> Int {
        guard let handler = environment.notices else { return 0 }
        var given = 0
        for partition in environment.partitions.all { given += try await giveNotices(in: partition, to: handler) }
        return given
    }

    /// One that is refused holds up those of the same person alone.
    private func giveNotices(in partition: Partition, to handler: any NoticeHandler) async throws(IdentityError) -> Int {
        var range = RecordRange(partition: partition, collection: StoredNotice.collection)
        var (given, refused) = (0, Set<[UInt8]>())
        while true {
            let page: [StoredRecord]
            do { page = try await store.records(in: range, limit: 100) } catch { throw IdentityError(error) }
            for record in page {
                let person = Array(record.key.row.prefix(16))
                if refused.contains(person) { continue }
                if try await give(record, to: handler) { given += 1 } else { refused.insert(person) }
            }
            guard page.count == 100, let last = page.last else { return given }
            range.after = last.key.row
        }
    }

    /// - Returns: whether it is out of the way.
    private func give(_ record: StoredRecord, to handler: any NoticeHandler) async throws(IdentityError) -> Bool {
        let isOver = record.expiresAt.map { $0 <= now } ?? false
        if isOver {
            environment.observer.observe(Observation(.service, "notice-lapsed"))
        } else {
            // Whoever is being erased hears no more.
            guard let subject = SubjectID(bytes: Array(record.key.row.prefix(16))), let notice = try? StoredNotice(record).notice else {
                environment.observer.observe(Observation(.service, "notice-unreadable"))
                return false
            }
            guard let person = try await enrolment(of: subject)?.0, person.state == .active else { return false }
            do { try await handler.notify(notice) } catch {
                environment.observer.observe(Observation(.service, "notice-refused"))
                return false
            }
        }
        var commit = StagedCommit(random: environment.random)
        commit.delete(record)
        do { try await commit.commit(to: store) } catch {
            guard error.code == .conflict else { throw IdentityError(error) }
        }
        return true
    }

    /// Beside everything else: a handler that hangs stops no erasure.
    func runNotices() async {
        guard environment.notices != nil else { return }
        while !Task.isCancelled {
            do { try await environment.time.sleep(for: .seconds(10)) } catch { return }
            do { try await giveNotices() } catch {
                environment.observer.observe(Observation(.service, "notices-failed", errorCode: error.code.rawValue))
            }
        }
    }

    /// Of somebody who is being erased: a commit's worth.
    ///
    /// - Returns: whether none is left.
    func stageNoticeRemoval(of subject: SubjectID, in commit: inout StagedCommit) async throws(StorageError) -> Bool {
        let range = RecordRange(
            partition: environment.partitions.partition(of: subject.bytes), collection: StoredNotice.collection, after: subject.bytes)
        let own = try await store.records(in: range, limit: 500).filter { $0.key.row.starts(with: subject.bytes) }
        for record in own { commit.delete(record) }
        return own.isEmpty
    }
}
