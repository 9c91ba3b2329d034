import PhoneIdentity

// [readme]
struct Host {
    let identity: IdentityService
    let accounts: Accounts  // your own table of users

    func run(_ server: @escaping @Sendable (Host) async throws -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await identity.run() }  // hands codes to the gateway, writes the log, sweeps; without it no code leaves
            try await server(self)
            group.cancelAll()
        }
    }

    func begin(number: String, session: [UInt8]) async throws -> String {
        try await identity.begin(.signUp, number: number, region: Region("CH"), requester: Requester(session: session)).token.text
    }

    func complete(token: String, code: String, attempt: AttemptID, session: [UInt8]) async throws -> Bool {
        let completed = try await identity.complete(
            ChallengeToken(token), code: code, attempt: attempt, requester: Requester(session: session))
        switch completed.verdict {
        case .enrolled(let pseudonym), .alreadyEnrolled(let pseudonym?):  // the second if you crashed before the next line
            try await accounts.create(pseudonym.rawValue)  // "u_…": all that your database ever holds
            try await identity.acknowledge(pseudonym)
            return true
        default: return false  // the number has an account: offer recovery
        }
    }
}
// [/readme]
