import IdentityTypes
import OTPEngine
import PhoneNormalization
import RecordStorage
import SealedStore

extension IdentityService {
    /// Tells the observer of what was refused, by its code alone.
    func refused(_ error: IdentityError) -> IdentityError {
        environment.observer.observe(Observation(.service, "refused", errorCode: error.code.rawValue))
        return error
    }

    /// Measures an operation, and observes how it is refused.
    func observing<Value>(
        _ name: ObservedOperation, _ operation: () async throws(IdentityError) -> Value
    ) async throws(IdentityError) -> Value {
        try await measuring(name) { () async throws(IdentityError) -> Value in
            do throws(IdentityError) { return try await operation() } catch { throw refused(error) }
        }
    }

    func measuring<Value>(
        _ name: ObservedOperation, _ operation: () async throws(IdentityError) -> Value
    ) async throws(IdentityError) -> Value {
        try await Self.measured(environment.observer, name, operation)
    }

    private static func measured<Value>(
        _ observer: some Observer, _ name: ObservedOperation, _ operation: () async throws(IdentityError) -> Value
    ) async throws(IdentityError) -> Value {
        try await observer.measure(name, operation)
    }

    // MARK: Outside services

    /// What one of them says; `nil` where it does not know, or fails.
    private func asked<Value>(_ name: String, _ ask: () async throws -> Value?) async -> Value? {
        do { return try await ask() } catch {
            environment.observer.observe(Observation(.service, "\(name)-failed"))
            return nil
        }
    }

    /// The requester, once what the client brought from a CAPTCHA was judged.
    ///
    /// - Throws: `otp.proofInvalid` when it is not good, or nobody can tell.
    func checked(_ requester: Requester) async throws(IdentityError) -> Requester {
        guard case .response(let response) = requester.proof else { return requester }
        var requester = requester
        var isGood: Bool?
        if let human = environment.checks.human, response.utf8.count <= 8_192 {
            isGood = await asked("human-check") { try await human.isGood(response, from: requester.network) }
        }
        guard isGood == true else {
            throw IdentityError(OTPError(.proofInvalid, "This answer to the puzzle is not good: offer another."))
        }
        requester.proof = .passedCheck
        return requester
    }

    /// Refuses a line that is of another kind than its number says.
    ///
    /// Asked only of what the number's own budget lets through: each answer is paid for.
    func refuseByCarrier(
        _ number: borrowing GuardedNumber, _ occasion: Occasion, _ tag: BudgetTag, _ requester: Requester
    ) async throws(IdentityError) {
        guard let carrier = environment.checks.carrier else { return }
        switch occasion {
        case .signUp, .newHolder, .newNumber: break
        case .recovery, .stepUp, .newEmail: return
        }
        do throws(OTPError) { try await engine.refuseIfSpent(tag, requester: requester) } catch { throw IdentityError(error) }
        let type: NumberType?
        do { type = try await carrier.lineType(of: number) } catch {
            environment.observer.observe(Observation(.service, "carrier-lookup-failed"))
            return
        }
        if let type, environment.policy.numbers.refusedTypes.contains(type) { throw .lineTypeRefused }
    }

    /// Whether the SIM card behind a number was changed so lately that the number shows nothing.
    func simIsNew(_ number: borrowing GuardedNumber) async -> Bool {
        guard let check = environment.checks.simSwap else { return false }
        let change: Timestamp?
        do { change = try await check.lastChange(of: number) } catch {
            environment.observer.observe(Observation(.service, "sim-swap-check-failed"))
            return false
        }
        return change.map { now < $0 + environment.checks.simSettles } ?? false
    }

    /// Whether a number was somebody else's since a time, where that is known.
    func wasReassigned(_ number: borrowing GuardedNumber, since time: Timestamp) async -> Bool? {
        guard let check = environment.checks.reassignment else { return nil }
        do { return try await check.wasReassigned(number, since: time) } catch {
            environment.observer.observe(Observation(.service, "reassignment-check-failed"))
            return nil
        }
    }
}
