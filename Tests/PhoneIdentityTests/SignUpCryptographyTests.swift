import PhoneIdentityTesting
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

@Suite("The cryptography that a benchmark sets beside a sign-up") struct SignUpCryptographyTests {
    private static func row(_ key: RecordKey, _ value: Int) -> SignUpCryptography.Row {
        SignUpCryptography.Row(key.collection, name: key.row.count, value: value - 32)
    }

    private static func sorted(_ rows: [SignUpCryptography.Row]) -> [String] {
        rows.map { "\($0.collection.rawValue): \($0.name) and \($0.value) bytes" }.sorted()
    }

    @Test("authenticates as many rows of the same sizes as a sign-up finds and writes", arguments: [[], [.standard], QuorumRole.allCases])
    func rows(quorums: [QuorumRole]) async throws {
        let deployment = try TestDeployment()
        let host = deployment.keyrings.host
        var environment = try deployment.environment()
        if !quorums.isEmpty {
            let custody = try SimulatedCustody(
                deployment: host.deployment, now: deployment.clock.now(), roles: quorums, random: SystemRandomSource())
            environment.roster = try Roster(custody.roster, custodians: custody.custodians)
        }
        let process = TestProcess(deployment: deployment, service: try await IdentityService.open(environment))
        let cryptography = SignUpCryptography(host: host, keyService: deployment.keyrings.keyService, roster: environment.roster)
        // Slices of the budgets that many numbers share are fetched now and then; a sign-up among others finds them there.
        try await process.signUp(TestProcess.number(2))
        deployment.identity.reset()
        deployment.keys.reset()
        try await process.signUp(TestProcess.number(1))
        var written: [SignUpCryptography.Row] = []
        for case .put(let key, _, _, let value, _) in (deployment.identity.made + deployment.keys.made).joined() {
            // The authenticator is behind the value.
            written.append(Self.row(key, value.count))
        }
        #expect(Self.sorted(written) == Self.sorted(cryptography.written))
        #expect(Self.sorted(deployment.identity.found.map { Self.row($0.key, $0.value.count) }) == Self.sorted(SignUpCryptography.found))
        #expect(deployment.keys.found.isEmpty)
    }
}
