import Foundation
import IdentityTypes
import Messaging
import OTPEngine
import PhoneNormalization
import RecordStorage
import Testing

@testable import PhoneIdentity

extension Provocation {
    private static func typed(_ code: String, _ what: String, _ text: String, region: String? = "CH") -> Provocation {
        Provocation(code, what) { bench in
            bench.deployment.keepSecret(text)
            return try await bench.refused {
                try await bench.service.begin(
                    .signUp, number: text, region: region.flatMap { Region($0) }, requester: TestProcess.requester())
            }
        }
    }

    private static func bytes(_ code: String, _ what: String, _ bytes: [UInt8]) -> Provocation {
        Provocation(code, what) { bench in
            try await bench.refused {
                try await bench.service.begin(.signUp, number: bytes.span, region: Region("CH"), requester: TestProcess.requester())
            }
        }
    }

    /// A number that is begun in a process with another policy.
    private static func begins(
        _ code: String, _ what: String, _ number: String = ErrorBench.number,
        _ change: @escaping @Sendable (inout IdentityPolicy) throws -> Void
    ) -> Provocation {
        Provocation(code, what) { bench in
            let process = try await bench.process(change)
            return try await bench.refused { try await process.begin(.signUp, number) }
        }
    }

    /// The number beside one that has just been begun from the same network.
    private static func second(
        _ code: String, _ what: String, _ change: @escaping @Sendable (inout IdentityPolicy) throws -> Void
    ) -> Provocation {
        Provocation(code, what) { bench in
            let process = try await bench.process(change)
            let requester = TestProcess.requester(network: "192.0.2.1")
            _ = try await process.service.begin(.signUp, number: ErrorBench.other, region: nil, requester: requester)
            return try await bench.refused {
                try await process.service.begin(.signUp, number: ErrorBench.number, region: nil, requester: requester)
            }
        }
    }

    static let numbers: [Provocation] = [
        typed("phone.invalidCountryCode", "no region and no plus sign", "0781234567", region: nil),
        typed("phone.invalidCountryCode", "a country calling code that nobody has", "+999123456"),
        typed("phone.invalidCountryCode", "a region that nobody has", "0781234567", region: "ZZ"),
        typed("phone.empty", "nothing", ""),
        typed("phone.empty", "nothing that anyone sees", " \t\u{A0}\u{3000}\n"),
        typed("phone.notANumber", "letters", "please call me"),
        typed("phone.notANumber", "a password in the wrong field", "Tr0ub4dor&3<script>"),
        bytes("phone.invalidUTF8", "bytes that are not UTF-8", [0xFF, 0xFE, 0xC0, 0x80, 0x31]),
        typed("phone.tooShortAfterIDD", "an international prefix and one digit", "00 4"),
        typed("phone.tooShortNSN", "a country calling code and one digit", "+411"),
        typed("phone.tooLong", "10 MB of digits", String(repeating: "7", count: 10_000_000)),
        bytes("phone.tooLong", "10 MB that are not UTF-8", [UInt8](repeating: 0xFF, count: 10_000_000)),
        typed("identity.numberNotValid", "too few digits for its country", "+41781234"),
        typed("identity.numberNotValid", "a number of another country than the one it is typed in", "030 901820", region: "CH"),
        typed("identity.lineTypeRefused", "a premium rate number", "+41900123456"),
        typed("identity.lineTypeRefused", "a number with an extension", "+41446681800 ext. 12"),
        begins("identity.regionRefused", "a country that the service does not take") { $0.numbers.regions = Set([Region("DE")]) },
        begins("otp.countryLimited", "a country to which nothing may be sent") { $0.abuse.otherCountries.messages = 0 },
        begins("otp.deploymentLimited", "no message left for today") { $0.abuse.deployment.messages = 0 },
        begins("otp.deploymentLimited", "no money left for one message") { $0.abuse.deployment.money = Money(micros: 299_999) },
        second("otp.rangeClosed", "a range of numbers in which nobody has completed anything") { $0.abuse.range.credit = 1 },
        second("otp.adjacentNumbers", "a number beside another") { $0.abuse.adjacentNumbers = 1 },
        second("otp.networkLimited", "a network that had its code") { $0.abuse.network.hourlySends = 1 },
        Provocation("otp.networkLimited", "a network that had its wrong guess") { bench in
            let process = try await bench.process { $0.abuse.network.hourlyWrongGuesses = 1 }
            let receipt = try await process.begin(.signUp, ErrorBench.number)
            guard let code = try await process.code(ErrorBench.number) else { throw Unexpected("no code") }
            let wrong = TestProcess.wrong(code)
            bench.deployment.keepSecret(wrong)
            for _ in 0..<2 {
                _ = try? await process.service.complete(
                    receipt.token, code: wrong, attempt: process.attempt(), requester: TestProcess.requester(network: "192.0.2.1"))
            }
            return try await bench.refused {
                try await process.service.complete(
                    receipt.token, code: wrong, attempt: process.attempt(), requester: TestProcess.requester(network: "192.0.2.1"))
            }
        },
        Provocation("otp.proofInvalid", "a proof of another session") { bench in
            let solution = try bench.service.puzzle(for: TestProcess.requester("other")).text + ".1"
            var requester = TestProcess.requester()
            requester.proof = .work(solution)
            return try await bench.refused {
                try await bench.service.begin(.signUp, number: ErrorBench.number, region: nil, requester: requester)
            }
        },
        begins("transport.queueFull", "a queue with no place left") { $0.queueCapacity = 0 },
        Provocation("transport.queueFull", "as many messages wait as the queue holds") { bench in
            let process = try await bench.process { $0.queueCapacity = 2 }
            for index in 0..<2 { _ = try await process.begin(.signUp, TestProcess.number(index)) }
            return try await bench.refused { try await process.begin(.signUp, ErrorBench.number) }
        },
        Provocation("transport.queueFull", "a resend while the queue is full") { bench in
            let process = try await bench.process { $0.queueCapacity = 1 }
            let receipt = try await process.begin(.signUp, ErrorBench.number)
            bench.deployment.clock.advance(by: .seconds(60))
            return try await bench.refused { try await process.service.resend(receipt.token, requester: TestProcess.requester()) }
        },
        Provocation("transport.unsupported", "a line that only a call reaches, and a transport without calls") { bench in
            let process = try await bench.deployment.open(transport: RefusingTransport(.refused, channels: [.sms]))
            return try await bench.refused { try await process.begin(.signUp, "+41446681800") }
        },
        Provocation("transport.refused", "a message that was wiped before it was sent") { bench in
            _ = try await bench.process.begin(.signUp, ErrorBench.number)
            guard case .message(let message) = await bench.service.queue.next() else { throw Unexpected("no message") }
            message.wipe()
            return try await bench.refused { try await bench.deployment.inbox.send(message) }
        },
        dispatched(.notSent, attempts: 6),
        dispatched(.maybeSent, attempts: 1),
        dispatched(.refused, attempts: 1),
    ]

    /// A transport that fails: the observer is told, the person is not.
    private static func dispatched(_ code: TransportError.Code, attempts: Int) -> Provocation {
        Provocation(
            code.rawValue, "a gateway that fails like this, as the observer hears it",
            writes: "a message is recorded before it is handed over"
        ) { bench in
            let transport = RefusingTransport(code, channels: [.sms])
            let process = try await bench.deployment.open(transport: transport)
            _ = try await process.begin(.signUp, ErrorBench.number)
            return try await bench.refused {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await MessageDispatcher(
                            queue: process.service.queue,
                            handOver: MessageHandOver(
                                transport: transport, ledger: process.service.deliveries,
                                observer: bench.deployment.observations, time: bench.deployment.clock)
                        ).run()
                    }
                    while true {
                        await Task.yield()
                        guard let seen = bench.deployment.observations.all.first(where: { $0.component == .dispatcher }) else { continue }
                        group.cancelAll()
                        #expect(transport.attempts == attempts)
                        #expect(seen.name == "not-handed-over")
                        throw TransportError(.init(rawValue: seen.errorCode ?? "none"), "Told to the observer: \(seen)")
                    }
                }
            }
        }
    }

    static let challenges: [Provocation] = [
        Provocation("otp.challengeNotFound", "another session") { bench in
            let (receipt, code) = try await bench.begun()
            return try await bench.refused { try await bench.process.complete(receipt, code, session: "thief") }
        },
        Provocation("otp.challengeNotFound", "a token whose challenge was swept") { bench in
            let (receipt, code) = try await bench.begun()
            bench.deployment.clock.advance(by: .seconds(2 * 3600))
            try await bench.service.sweep()
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        Provocation("otp.expired", "a token of eleven minutes ago") { bench in
            let (receipt, code) = try await bench.begun()
            bench.deployment.clock.advance(by: .seconds(600))
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        Provocation("otp.expired", "a resend of eleven minutes ago") { bench in
            let (receipt, _) = try await bench.begun()
            bench.deployment.clock.advance(by: .seconds(600))
            return try await bench.refused { try await bench.service.resend(receipt.token, requester: TestProcess.requester()) }
        },
        Provocation("otp.wrongCode", "another code", writes: "the guess is paid") { bench in
            let (receipt, code) = try await bench.begun()
            bench.deployment.keepSecret(TestProcess.wrong(code))
            return try await bench.refused { try await bench.process.complete(receipt, TestProcess.wrong(code)) }
        },
        submits("otp.malformedCode", "nothing", ""),
        submits("otp.malformedCode", "letters", "abcdef"),
        submits("otp.malformedCode", "five digits", "12345"),
        submits("otp.malformedCode", "seven digits where six were sent", "1234567"),
        submits("otp.malformedCode", "10 MB of digits", String(repeating: "1", count: 10_000_000)),
        Provocation("otp.malformedCode", "bytes that are not UTF-8") { bench in
            try await bench.refused { try SubmittedCode(utf8: [0x31, 0x32, 0x33, 0xFF, 0x34, 0x35, 0x36]) }
        },
        Provocation("otp.tooManySends", "a second code at once") { bench in
            _ = try await bench.begun()
            return try await bench.refused { try await bench.process.begin(.signUp, ErrorBench.number) }
        },
        Provocation("otp.tooManySends", "a resend at once") { bench in
            let (receipt, _) = try await bench.begun()
            return try await bench.refused { try await bench.service.resend(receipt.token, requester: TestProcess.requester()) }
        },
        Provocation("otp.tooManyGuesses", "a second guess where an hour has one") { bench in
            let process = try await bench.process { policy in
                var guesses = GuessPolicy()
                guesses.hourlyLimit = 1
                policy.challenges = try ChallengePolicy(guesses: guesses)
            }
            return try await secondGuess(bench, process)
        },
        Provocation("otp.locked", "a guess after as many failures as close the number") { bench in
            let process = try await bench.process { policy in
                var guesses = GuessPolicy()
                guesses.consecutiveLimit = 1
                policy.challenges = try ChallengePolicy(guesses: guesses)
            }
            return try await secondGuess(bench, process)
        },
        Provocation("otp.exhausted", "a right code after the last try") { bench in
            let process = try await bench.process { $0.challenges = try ChallengePolicy(tries: 1) }
            return try await secondGuess(bench, process)
        },
        Provocation("otp.alreadyCompleted", "a token that was used") { bench in
            let (receipt, code) = try await bench.begun()
            _ = try await bench.process.complete(receipt, code)
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        token("otp.tokenMalformed", "nothing") { _ in "" },
        token("otp.tokenMalformed", "a word") { _ in "token" },
        token("otp.tokenMalformed", "10 MB") { _ in String(repeating: "A", count: 10_000_000) },
        token("otp.tokenMalformed", "what base 64 does not have") { $0.dropLast(4) + "%$ü " },
        token("otp.tokenMalformed", "a format that this version does not know") { try changed($0, at: 0) },
        token("otp.tokenForged", "one bit of it") { try changed($0, at: 100) },
        token("otp.tokenKeyUnknown", "the id of its key") { try changed($0, at: 1) },
        Provocation("otp.tokenForged", "another deployment's, under a key of the same id") { bench in
            let stranger = try await TestDeployment().open()
            let receipt = try await stranger.begin(.signUp, ErrorBench.number)
            return try await bench.refused { try await bench.process.complete(receipt, "123456") }
        },
        Provocation("otp.requesterInvalid", "an empty session") { bench in
            try await bench.refused { try await bench.process.begin(.signUp, ErrorBench.number, session: "") }
        },
        Provocation("otp.requesterInvalid", "a session of 10 MB") { bench in
            let (receipt, code) = try await bench.begun()
            let session = String(repeating: "s", count: 10_000_000)
            return try await bench.refused { try await bench.process.complete(receipt, code, session: session) }
        },
        Provocation("otp.policyTooWeak", "codes of four digits") { bench in try await bench.refused { try ChallengePolicy(digits: 4) } },
        Provocation("otp.policyTooWeak", "a thousand tries") { bench in try await bench.refused { try ChallengePolicy(tries: 1000) } },
        Provocation("otp.busy", "a payment that always meets others") { bench in
            let (receipt, code) = try await bench.begun()
            bench.deployment.identity.plan(.conflict, forever: true)
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        Provocation("otp.unavailable", "a store that is down under the engine alone") { bench in
            let (receipt, code) = try await bench.begun()
            bench.deployment.identity.failReads(true)
            return try await bench.refused {
                try await bench.service.engine.pay(
                    receipt.token, code: try SubmittedCode(code), attempt: bench.process.attempt(), requester: TestProcess.requester())
            }
        },
        Provocation("otp.cancelled", "a completion whose caller has gone") { bench in
            let (receipt, code) = try await bench.begun()
            return try await bench.cancelled { try await bench.process.complete(receipt, code) }
        },
    ]

    private static func submits(_ code: String, _ what: String, _ text: String) -> Provocation {
        Provocation(code, what) { bench in
            let (receipt, _) = try await bench.begun()
            bench.deployment.keepSecret(text)
            return try await bench.refused { try await bench.process.complete(receipt, text) }
        }
    }

    /// A wrong code, and then the right one.
    private static func secondGuess(_ bench: ErrorBench, _ process: TestProcess) async throws -> Refused {
        let receipt = try await process.begin(.signUp, ErrorBench.number)
        let code = try #require(try await process.code(ErrorBench.number))
        await #expect(throws: IdentityError.self) { try await process.complete(receipt, TestProcess.wrong(code)) }
        return try await bench.refused { try await process.complete(receipt, code) }
    }

    private static func token(
        _ code: String, _ what: String, _ change: @escaping @Sendable (String) throws -> any StringProtocol & Sendable
    ) -> Provocation {
        Provocation(code, "a token: \(what)") { bench in
            let (receipt, typed) = try await bench.begun()
            let text = String(try change(receipt.token.text))
            return try await bench.refused {
                try await bench.service.complete(
                    try ChallengeToken(text), code: typed, attempt: bench.process.attempt(), requester: TestProcess.requester())
            }
        }
    }

    private static func changed(_ token: String, at index: Int) throws -> String {
        var bytes = try #require(Base64URL.decode(token))
        bytes[index] ^= 0x40
        return Base64URL.encode(bytes)
    }
}

/// A gateway that takes nothing.
final class RefusingTransport: MessageTransport {
    let name = "refusing"
    let capabilities: TransportCapabilities
    private let code: TransportError.Code
    private let count = TestCounter()

    init(_ code: TransportError.Code, channels: Set<OutboundMessage.Channel>) {
        self.code = code
        capabilities = TransportCapabilities(channels: channels, concurrency: 1)
    }

    var attempts: Int { count.value }

    func send(_ message: OutboundMessage) async throws(TransportError) -> MessageReceipt {
        count.add()
        throw TransportError(code, "The gateway does not want it.")
    }
}
