#if SQLite
    import CryptoPrimitives
    import IdentityTypes
    import Messaging
    import OTPEngine
    import PhoneIdentity
    import RecordStorage

    /// One guess at a challenge, ready to be sent.
    struct Submission {
        let index: Int
        let token: ChallengeToken
        let code: String
        let attempt: AttemptID

        /// `INDEX TOKEN CODE ATTEMPT`; attempts with the same number are the same attempt.
        init(_ line: String) throws {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 4, let index = Int(words[0]), let number = UInt64(words[3]) else { throw WrongUse() }
            var writer = ByteWriter(capacity: 16)
            writer.u64(0)
            writer.u64(number)
            (self.index, token, code, attempt) = (index, try ChallengeToken(words[1]), words[2], AttemptID(bytes: writer.bytes)!)
        }
    }

    /// What the commands do to a deployment.
    struct Workload {
        let deployment: Deployment
        private let random = SystemRandomSource()

        private var service: IdentityService { deployment.service }

        /// Signs numbers up, `concurrency` at a time. Prints `trying INDEX` for each, and `enrolled INDEX PSEUDONYM TIME` or
        /// `already INDEX PSEUDONYM TIME` as soon as that is promised.
        ///
        /// - Parameters:
        ///   - pause: how long each place stays empty after a sign-up.
        ///   - isPersistent: goes on with the same attempt while a database is away, and with the next number where a code was sent too recently.
        func signUps(_ indices: [Int], concurrency: Int, pause: Duration, isPersistent: Bool) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                var waiting = indices[...]
                for index in waiting.prefix(concurrency) { group.addTask { try await signUp(index, pause, isPersistent) } }
                waiting = waiting.dropFirst(concurrency)
                while try await group.next() != nil {
                    guard let index = waiting.popFirst() else { continue }
                    group.addTask { try await signUp(index, pause, isPersistent) }
                }
            }
        }

        private func signUp(_ index: Int, _ pause: Duration, _ isPersistent: Bool) async throws {
            do {
                _ = try await signUp(index, isPersistent: isPersistent)
            } catch let error as IdentityError where isPersistent && error.code.rawValue == "otp.tooManySends" {
                // Its challenge was begun by a commit of which nobody heard; there is no code to type.
            }
            if pause > .zero { try await SystemTimeSource().sleep(for: pause) }
        }

        func signUp(_ index: Int, isPersistent: Bool = false) async throws -> Verdict {
            say("trying \(index)")
            let verdict = try await prove(.signUp, Deployment.number(index), isPersistent)
            let time = SystemTimeSource().now().milliseconds
            switch verdict {
            case .enrolled(let pseudonym): say("enrolled \(index) \(pseudonym) \(time)")
            case .alreadyEnrolled(let pseudonym): say("already \(index) \(pseudonym?.rawValue ?? "-") \(time)")
            default: say("unexpected \(index)")
            }
            return verdict
        }

        private func prove(_ occasion: Occasion, _ number: String, _ isPersistent: Bool) async throws -> Verdict {
            let (receipt, code) = try await persisting(isPersistent) { try await challenge(occasion, number) }
            let attempt = AttemptID(random: random)
            return try await persisting(isPersistent) {
                try await service.complete(receipt.token, code: code, attempt: attempt, requester: Deployment.requester(number)).verdict
            }
        }

        /// Repeats what a database that is away refused.
        private func persisting<Value>(_ isPersistent: Bool, _ body: () async throws -> Value) async throws -> Value {
            while true {
                do {
                    return try await body()
                } catch let error as IdentityError where isPersistent && Self.passing.contains(error.code.rawValue) {
                    try await SystemTimeSource().sleep(for: .milliseconds(20))
                }
            }
        }

        private static let passing: Set<String> = [
            "identity.busy", "otp.busy", "storage.unavailable", "storage.readOnly", "vault.unavailable", "vault.evaluationBudget",
        ]

        private func challenge(_ occasion: Occasion, _ number: String) async throws -> (ChallengeReceipt, String) {
            let receipt = try await service.begin(occasion, number: number, region: nil, requester: Deployment.requester(number))
            guard let item = await deployment.inbox.take(for: number), let code = DevelopmentInbox.code(in: item.text) else {
                throw NoMessage()
            }
            return (receipt, code)
        }

        private struct NoMessage: Error {}

        /// Begins a challenge and prints `challenge INDEX TOKEN CODE`.
        func begin(_ index: Int) async throws {
            let (receipt, code) = try await challenge(.signUp, Deployment.number(index))
            say("challenge \(index) \(receipt.token.text) \(code)")
        }

        /// Sends all at once, and prints `ended INDEX ANSWER` for each: the verdict and its pseudonym, or the error's code and the tries left.
        func submit(_ submissions: [Submission]) async {
            await withDiscardingTaskGroup { group in
                for submission in submissions {
                    group.addTask { say("ended \(submission.index) \(await answer(submission))") }
                }
            }
        }

        private func answer(_ submission: Submission) async -> String {
            do throws(IdentityError) {
                let verdict = try await service.complete(
                    submission.token, code: submission.code, attempt: submission.attempt,
                    requester: Deployment.requester(Deployment.number(submission.index))
                ).verdict
                return switch verdict {
                case .enrolled(let pseudonym): "enrolled \(pseudonym)"
                case .alreadyEnrolled(let pseudonym): "already \(pseudonym?.rawValue ?? "-")"
                default: "unexpected"
                }
            } catch {
                return error.triesLeft.map { "\(error.code.rawValue) \($0)" } ?? error.code.rawValue
            }
        }

        /// Prints `checkpoint SIZE ROOT TIME` whenever another one is in the directory, as anybody would see it there, until `body` ends.
        func watchingCheckpoint(_ body: @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var last: [UInt8] = []
                    let path = "\(deployment.logDirectory)/checkpoint"
                    while !Task.isCancelled {
                        if let note = try DurableFile.contents(of: path), note != last {
                            last = note
                            let lines = String(decoding: note, as: UTF8.self).split(separator: "\n")
                            say("checkpoint \(lines[1]) \(lines[2]) \(SystemTimeSource().now().milliseconds)")
                        }
                        do { try await SystemTimeSource().sleep(for: .milliseconds(10)) } catch { return }
                    }
                }
                try await body()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
#endif
