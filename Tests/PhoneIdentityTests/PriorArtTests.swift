import Foundation
import IdentityTypes
import OTPEngine
import Testing

@testable import PhoneIdentity

/// What went wrong elsewhere, each by the public thread that tells of it.
@Suite("What users of other systems were hurt by cannot happen to a service")
struct PriorArtTests {
    @Test(
        "cooperlyt/keycloak-phone-provider PR#75, keycloak/keycloak PR#49606: a login page texts unknown numbers, or tells which are known")
    func aLoginWritesToNobodyUnknown() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        _ = try await process.signUp(TestProcess.number(1))
        deployment.clock.advance(by: .seconds(7_200))
        var receipts: [ChallengeReceipt] = []
        for index in 1...6 { receipts.append(try await process.begin(.recovery, TestProcess.number(index))) }
        #expect(try await process.deliver() == (1, 5))
        #expect(Set(receipts.map { [$0.digits, $0.token.text.count] }).count == 1)
        #expect(Set(receipts.map { [$0.expiresAt, $0.resendAfter] }).count == 1)
    }

    @Test("supabase/auth-js#1086, element-hq/element-meta#1614: the new holder of a recycled number is shut out for ever")
    func aRecycledNumber() async throws {
        let deployment = try TestDeployment()
        let process = try await deployment.open()
        let (number, day) = (TestProcess.number(1), Duration.seconds(86_400))
        let owner = try await process.signUp(number)
        try await process.service.acknowledge(owner)
        deployment.clock.advance(by: day * 400)
        // Somebody new proves the number: neither given the account, nor sent away.
        #expect(try await process.prove(.signUp, number) == .alreadyEnrolled(nil))
        deployment.clock.advance(by: day)
        guard case .recoveryWaits(let until) = try await process.prove(.recovery, number) else {
            Issue.record("A number that was not proven for a year let its holder in at once.")
            return
        }
        #expect(until == deployment.clock.now() + day * 7)
        // The owner, who still signs in, can stop it; one who is gone does not.
        deployment.clock.advance(by: day * 8)
        #expect(try await process.prove(.recovery, number) == .recovered(owner))
        // Who says that the account is not theirs waits as long, and has one of their own: the other stays as it was, without the number.
        deployment.clock.advance(by: day * 50)
        #expect(try await process.prove(.newHolder, number) == .takeOverWaits(until: deployment.clock.now() + day * 7))
        deployment.clock.advance(by: day * 8)
        guard case .enrolled(let holder) = try await process.prove(.newHolder, number) else { throw Unexpected("shut out") }
        #expect(holder != owner)
        #expect(try await process.service.standing(of: owner).hasNumber == false)
    }

    @Test("supabase/cli#3656, twilio.com/blog/test-verify-no-rate-limits: numbers for tests meet the limits of production")
    func whatTestsNeedIsNotInProduction() throws {
        let sources = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var places: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let module = file.pathComponents[sources.pathComponents.count]
            if try String(contentsOf: file, encoding: .utf8).contains("forNumbersOfTests") { places.insert(module) }
        }
        // No module that a service links knows limits that bound nothing.
        #expect(places == ["PhoneIdentityTesting"])
    }

    @Test("a limit that bounds nothing is refused when the service is opened")
    func limitsBoundSomething() async throws {
        let deployment = try TestDeployment()
        for change in [{ $0.range.credit = .max }, { $0.network.hourlySends = 0 }] as [@Sendable (inout AbusePolicy) -> Void] {
            var policy = TestDeployment.policy
            change(&policy.abuse)
            let weak = policy
            #expect(await refusal { try await deployment.open(weak) }?.name == "otp.policyTooWeak")
        }
    }
}
