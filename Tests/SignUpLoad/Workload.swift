#if SQLite
    import IdentityTypes
    import Messaging
    import OTPEngine
    import PhoneIdentity
    import RecordStorage

    /// What the commands do to a deployment.
    struct Workload {
        let deployment: Deployment
        private let random = SystemRandomSource()

        private var service: IdentityService { deployment.service }

        /// Signs numbers up, `concurrency` at a time, and prints `enrolled INDEX PSEUDONYM` for each as soon as it is promised.
        func signUps(_ indices: Range<Int>, concurrency: Int) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                var next = indices.lowerBound
                while next < indices.upperBound, next < indices.lowerBound + concurrency {
                    let index = next
                    group.addTask { try await signUp(index) }
                    next += 1
                }
                while try await group.next() != nil {
                    guard next < indices.upperBound else { continue }
                    let index = next
                    group.addTask { try await signUp(index) }
                    next += 1
                }
            }
        }

        private func signUp(_ index: Int) async throws {
            let verdict = try await prove(.signUp, Deployment.number(index))
            switch verdict {
            case .enrolled(let pseudonym): say("enrolled \(index) \(pseudonym)")
            case .alreadyEnrolled(let pseudonym): say("already \(index) \(pseudonym?.rawValue ?? "-")")
            default: say("unexpected \(index)")
            }
        }

        func prove(_ occasion: Occasion, _ number: String) async throws -> Verdict {
            let requester = Deployment.requester(number)
            let receipt = try await service.begin(occasion, number: number, region: nil, requester: requester)
            guard let item = await deployment.inbox.take(for: number), let code = DevelopmentInbox.code(in: item.text) else {
                throw CancellationError()
            }
            return try await service.complete(receipt.token, code: code, attempt: AttemptID(random: random), requester: requester)
        }

        /// Begins a challenge and prints `challenge TOKEN CODE`.
        func begin(_ index: Int) async throws {
            let number = Deployment.number(index)
            let receipt = try await service.begin(.signUp, number: number, region: nil, requester: Deployment.requester("race"))
            guard let item = await deployment.inbox.take(for: number), let code = DevelopmentInbox.code(in: item.text) else {
                throw CancellationError()
            }
            say("challenge \(receipt.token.text) \(code)")
        }

        /// Submits one code many times at once, each a new attempt, and prints how each ended.
        func race(_ token: String, _ code: String, times: Int) async throws {
            let token = try ChallengeToken(token)
            await withTaskGroup(of: String.self) { group in
                for _ in 0..<times {
                    group.addTask {
                        do throws(IdentityError) {
                            let verdict = try await service.complete(
                                token, code: code, attempt: AttemptID(random: random), requester: Deployment.requester("race"))
                            return if case .enrolled = verdict { "enrolled" } else { "other" }
                        } catch {
                            return error.code.rawValue
                        }
                    }
                }
                for await ending in group { say("ended \(ending)") }
            }
        }
    }
#endif
