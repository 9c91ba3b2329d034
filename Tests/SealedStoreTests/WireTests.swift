import AuditLog
import CryptoPrimitives
import IdentityTypes
import PhoneIdentityTesting
import RecordStorage
import Synchronization
import Testing

@testable import SealedStore

/// Hands requests to an endpoint in the same process, and keeps what went over the line.
final class TappedChannel: RequestChannel {
    private let endpoint: KeyServiceEndpoint
    private let role: KeyServiceRole
    private let line = Mutex<[[UInt8]]>([])
    /// Changes answers on their way.
    private let tamper: @Sendable ([UInt8]) -> [UInt8]

    init(_ endpoint: KeyServiceEndpoint, _ role: KeyServiceRole, tamper: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }) {
        (self.endpoint, self.role, self.tamper) = (endpoint, role, tamper)
    }

    func request(_ payload: [UInt8]) async throws(VaultError) -> [UInt8] {
        let answer = await endpoint.answer(payload, from: role)
        line.withLock { $0 += [payload, answer] }
        return tamper(answer)
    }

    /// Whether these bytes went over the line in the open.
    func saw(_ secret: [UInt8]) -> Bool {
        line.withLock { messages in
            messages.contains { message in
                message.count >= secret.count
                    && (0...message.count - secret.count).contains {
                        message[$0] == secret[0] && Array(message[$0..<$0 + secret.count]) == secret
                    }
            }
        }
    }
}

@Suite struct WireTests {
    let custody: TestCustody
    let endpoint: KeyServiceEndpoint
    let keys: KeyServicePublicKeys

    init() throws {
        custody = try TestCustody()
        endpoint = KeyServiceEndpoint(custody.service, random: custody.random)
        keys = try #require(custody.keyrings.host.keyService)
    }

    private func remote(_ role: KeyServiceRole) -> (RemoteKeyService, TappedChannel) {
        let channel = TappedChannel(endpoint, role)
        return (RemoteKeyService(channel, keys: keys, random: custody.random), channel)
    }

    private func deposit(_ subject: SubjectID, _ shredKey: [UInt8], _ historyKey: [UInt8]) -> KeyDeposit {
        let record = RecordID(random: custody.random)
        return KeyDeposit(
            subject: subject, record: record,
            vaultKey: VaultRecord.key(subject: subject.bytes, record: record, partitions: TestCustody.partitions),
            shredKey: SecretBytes(copying: shredKey), historyKey: SecretBytes(copying: historyKey))
    }

    @Test func `Over the wire a key service does what it does in the process, and no key goes in the open`() async throws {
        let (host, line) = remote(.host)
        let (sender, senderLine) = remote(.sender)
        let subject = SubjectID(random: custody.random)
        let (shredKey, historyKey) = (custody.random.bytes(32), custody.random.bytes(32))
        let made = deposit(subject, shredKey, historyKey)
        let record = made.record
        try await host.put(made)
        let waiting = try await host.unconfirmed(before: Timestamp(milliseconds: .max), limit: 10)
        #expect(waiting.map(\.subject) == [subject])
        try await host.confirm(waiting)
        #expect(try await host.unconfirmed(before: Timestamp(milliseconds: .max), limit: 10).isEmpty)

        let order = ReleaseOrder(
            id: custody.random.bytes(16), subject: subject, record: record, purpose: .securityAlert,
            deadline: custody.clock.now() + .seconds(60), key: custody.keyrings.host.keys.proofKey)
        let released = try await sender.releaseShredKey(for: order)
        #expect(bytes(of: released) == shredKey)
        #expect(try await refusal { _ = try await sender.releaseShredKey(for: order) } == .orderRefused)
        let proof = try custody.vault().stepUpProof(
            subject: subject, challenge: custody.random.bytes(16), at: custody.clock.now(), for: .dataExport)
        let history = try await host.releaseHistoryKey(for: proof)
        #expect(bytes(of: history) == historyKey)

        let journal = try await host.releases(limit: 10)
        #expect(journal.map(\.kind) == [.message, .history] || journal.map(\.kind) == [.history, .message])
        try await host.acknowledge(journal)
        #expect(try await host.releases(limit: 10).isEmpty)
        #expect(try await host.erase(subject).isSigned(by: keys.signingKey))
        #expect(try await refusal { _ = try await host.releaseHistoryKey(for: proof) } == .notFound)
        #expect(try await host.sweep() == 0)
        for secret in [shredKey, historyKey] { #expect(!line.saw(secret) && !senderLine.saw(secret)) }
    }

    @Test func `People open a record over the wire as in the process`() async throws {
        let number = custody.newNumber()
        let (person, _) = try await custody.enrol(number)
        let (opener, _) = remote(.opener)
        let desk = try custody.desk(keyService: opener)
        let draft = try await desk.prepare(custody.attestation(person), role: .standard)
        let file = try custody.file(draft.draft)
        let opened = try await desk.open(file, try custody.approvals(file), with: draft.key, of: person)
        #expect(digits(of: opened) == String(number.dropFirst()))
    }

    @Test func `Each party may ask what is its part and nothing else`() async throws {
        let allowed: [KeyServiceRole: Set<KeyServiceOperation>] = [
            .host: [
                .put, .releaseHistoryKey, .erase, .unconfirmed, .confirm, .discard, .releases, .acknowledge, .sweep, .deny, .closeReview,
                .addShredKey,
            ],
            .evaluator: [.evaluate],
            .sender: [.releaseForOrder, .releaseForResealing, .addShredKey],
            .opener: [.evaluate, .submit, .releaseForOpening, .addShredKey, .logHead],
        ]
        for role in KeyServiceRole.allCases {
            for operation in KeyServiceOperation.allCases {
                let answer = await endpoint.answer([operation.rawValue], from: role)
                let code = try? { () throws -> VaultError.Code? in
                    do {
                        try WireAnswer.decode(answer) { reader throws(MalformedBytes) in _ = try reader.fixed(reader.remaining) }
                        return nil
                    } catch let error as VaultError { return error.code }
                }()
                let isRefused = code == .some(.requestRefused)
                #expect(isRefused != allowed[role]!.contains(operation), "\(role) \(operation)")
            }
        }
    }

    @Test func `Any bytes get an answer, and change nothing`() async throws {
        let (host, _) = remote(.host)
        try await host.put(deposit(SubjectID(random: custody.random), custody.random.bytes(32), custody.random.bytes(32)))
        for role in KeyServiceRole.allCases {
            for _ in 0..<300 {
                let request = custody.random.bytes(Int(custody.random.number(below: 200)))
                let answer = await endpoint.answer(request, from: role)
                #expect(answer.first == 0 || answer.first == 1)
            }
            #expect(await endpoint.answer([], from: role).first == 1)
        }
        for operation in KeyServiceOperation.allCases {
            for length in [0, 1, 31, 32, 33, 500, 300_000] {
                _ = await endpoint.answer([operation.rawValue] + custody.random.bytes(length), from: .opener)
                _ = await endpoint.answer([operation.rawValue] + [UInt8](repeating: 0xFF, count: length), from: .host)
            }
        }
        #expect(try await host.unconfirmed(before: Timestamp(milliseconds: .max), limit: 10).count == 1)
    }

    @Test func `A key that is changed on its way, or is the answer to something else, is refused`() async throws {
        let subject = SubjectID(random: custody.random)
        let shredKey = custody.random.bytes(32)
        let made = deposit(subject, shredKey, custody.random.bytes(32))
        let record = made.record
        let request = try made.sealed(to: keys, random: custody.random)
        // Every bit of a deposit on its way.
        for bit in 8..<request.count * 8 {
            var changed = request
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultError.self, "bit \(bit)") { _ = try KeyDeposit(from: changed, sealedTo: custody.keyrings.keyService) }
        }
        try await custody.service.put(made)
        func order() -> ReleaseOrder {
            ReleaseOrder(
                id: custody.random.bytes(16), subject: subject, record: record, purpose: .securityAlert,
                deadline: custody.clock.now() + .seconds(60), key: custody.keyrings.host.keys.proofKey)
        }
        for place in [1, 40, 100] {
            let channel = TappedChannel(endpoint, .sender) { answer in
                var answer = answer
                if answer.first == 0, answer.count > place { answer[place] ^= 1 }
                return answer
            }
            let sender = RemoteKeyService(channel, keys: keys, random: custody.random)
            #expect(try await refusal { _ = try await sender.releaseShredKey(for: order()) } == .refused)
        }
    }

    // MARK: Tags

    @Test func `A tag comes with the proof of its key, and an evaluator that uses another one is found out`() async throws {
        let number = try secret("+41446681800")
        let element = hashedNumber(number, pepper: custody.keyrings.host.keys.pepper)
        let (evaluator, _) = remote(.evaluator)
        #expect(try await evaluator.evaluate(element) == (try await custody.service.evaluate(element)))

        let other = try TestCustody()
        let wrong = RemoteKeyService(
            TappedChannel(KeyServiceEndpoint(other.service, random: other.random), .evaluator), keys: keys, random: custody.random)
        #expect(try await refusal { _ = try await wrong.evaluate(element) } == .refused)
        // Every bit of the answer.
        let answer = await endpoint.answer([KeyServiceOperation.evaluate.rawValue] + element, from: .evaluator)
        for bit in 8..<answer.count * 8 where !(33 * 8..<37 * 8).contains(bit) {
            let channel = TappedChannel(endpoint, .evaluator) { _ in
                var changed = answer
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                return changed
            }
            let tampered = RemoteKeyService(channel, keys: keys, random: custody.random)
            await #expect(throws: VaultError.self, "bit \(bit)") { _ = try await tampered.evaluate(element) }
        }
        await #expect(throws: VaultError.self) { _ = try await evaluator.evaluate([UInt8](repeating: 0, count: 32)) }
        await #expect(throws: VaultError.self) { _ = try await evaluator.evaluate([UInt8](repeating: 0xFF, count: 32)) }
    }

    @Test func `More tags than a second allows are refused, and time makes room`() async throws {
        let slow = KeyServiceEndpoint(custody.service, evaluationsPerSecond: 20, random: custody.random)
        let channel = TappedChannel(slow, .evaluator)
        let evaluator = RemoteKeyService(channel, keys: keys, random: custody.random)
        let number = try secret("+41446681800")
        let element = hashedNumber(number, pepper: custody.keyrings.host.keys.pepper)
        func evaluated() async throws -> Int {
            var count = 0
            while count < 100 {
                let code = try await refusal { _ = try await evaluator.evaluate(element) }
                guard code == nil else {
                    #expect(code == .evaluationBudget)
                    return count
                }
                count += 1
            }
            return count
        }
        #expect(try await evaluated() == 16)
        #expect(try await evaluated() == 0)
        custody.clock.advance(by: .milliseconds(500))
        #expect(try await evaluated() == 10)
        custody.clock.advance(by: .seconds(3_600))
        #expect(try await evaluated() == 16)
        custody.clock.advance(by: .seconds(-3_600))
        #expect(try await evaluated() == 0)
    }

    @Test func `A day makes as many tags as its budget says, for all processes together, and an operator is told`() async throws {
        let alarms = Alarms()
        let custody = try TestCustody(budget: .init(evaluationsPerDay: 250, openerEvaluationsPerDay: 2), observer: alarms)
        let number = try secret("+41446681800")
        let element = hashedNumber(number, pepper: custody.keyrings.host.keys.pepper)
        // Two processes of one key service.
        let endpoints = [0, 1].map { _ in KeyServiceEndpoint(custody.service, evaluationsPerSecond: 100_000, random: custody.random) }
        func made(_ role: KeyServiceRole, _ count: Int) async -> Int {
            var made = 0
            for place in 0..<count {
                let answer = await endpoints[place % 2].answer([KeyServiceOperation.evaluate.rawValue] + element, from: role)
                made += answer.first == 0 ? 1 : 0
            }
            return made
        }
        #expect(await made(.opener, 5) == 2)
        #expect(await made(.evaluator, 300) == 250)
        #expect(Set(alarms.seen.withLock { $0 }) == ["evaluation-budget-spent"])
        // What asks for nothing readable costs nothing; a restart, and a clock that goes back, give nothing.
        let again = KeyServiceEndpoint(custody.service, evaluationsPerSecond: 100_000, random: custody.random)
        custody.clock.advance(by: .seconds(-86_400))
        #expect(await again.answer([KeyServiceOperation.evaluate.rawValue] + element, from: .evaluator).first == 1)
        custody.clock.advance(by: .seconds(2 * 86_400))
        _ = await again.answer([KeyServiceOperation.evaluate.rawValue, 1, 2], from: .opener)
        #expect(await made(.opener, 5) == 2)
    }

    // MARK: The sender

    @Test func `A sender in another process answers with a status and nothing else`() async throws {
        let number = custody.newNumber()
        let (person, _) = try await custody.enrol(number)
        let recipient = RecordingRecipient()
        let (keyService, _) = remote(.sender)
        let local = LocalSender(store: custody.rows, keyring: custody.keyrings.sender, keyService: keyService, recipient: recipient)
        let channel = SenderChannel(endpoint: SenderEndpoint(local))
        let sender = RemoteSender(channel)
        let grant = Grant<Purposes.SecurityAlert>(
            token: Purposes.SecurityAlert.token, id: custody.random.bytes(16), subject: person.audit.id, basis: .hostAssertion,
            expiresAt: custody.clock.now() + .seconds(60))
        let order = try custody.vault().order(to: person, template: "new-device", grant: grant)
        // Every bit of what the key service lets a key out for; the text's name and the owner's public key behind it are the host's word.
        var fixed = ByteWriter()
        fixed.u8(1)
        order.release.write(to: &fixed)
        order.vaultKey.write(to: &fixed)
        for bit in 0..<fixed.bytes.count * 8 {
            var changed = order.bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let answer = await SenderEndpoint(local).answer(changed)
            #expect(answer.first == 1, "bit \(bit)")
        }
        #expect(recipient.numbers.isEmpty)
        try await sender.send(order)
        #expect(recipient.numbers == [String(number.dropFirst())])
        #expect(channel.answers.withLock { $0 } == [[0]])
        #expect(try await refusal { try await sender.send(order) } == .orderRefused)
        #expect(await SenderEndpoint(local).answer([]).first == 1)
    }
}

private final class SenderChannel: RequestChannel {
    let endpoint: SenderEndpoint
    let answers = Mutex<[[UInt8]]>([])

    init(endpoint: SenderEndpoint) { self.endpoint = endpoint }

    func request(_ payload: [UInt8]) async throws(VaultError) -> [UInt8] {
        let answer = await endpoint.answer(payload)
        answers.withLock { $0.append(answer) }
        return answer
    }
}
