import ConsentLedger
import Foundation
import IdentityTypes
import OTPEngine
import RecordStorage
import SealedStore
import Testing

@testable import PhoneIdentity

extension Provocation {
    static let people: [Provocation] = [
        Provocation("identity.unknownPseudonym", "a pseudonym nobody was given") { bench in
            try await bench.refused { try await bench.service.consents(of: Pseudonym(bytes: [UInt8](repeating: 7, count: 20))) }
        },
        Provocation("identity.unknownPseudonym", "a person who was erased") { bench in
            let person = try await bench.person()
            try await bench.service.erase(person)
            return try await bench.refused { try await bench.service.acknowledge(person) }
        },
        Provocation("identity.unknownPseudonym", "the attempt of a person who was erased since") { bench in
            let (receipt, code) = try await bench.begun()
            let attempt = bench.process.attempt()
            guard case .enrolled(let person) = try await bench.process.complete(receipt, code, attempt: attempt) else {
                throw Unexpected("not enrolled")
            }
            try await bench.service.erase(person)
            return try await bench.refused { try await bench.process.complete(receipt, code, attempt: attempt) }
        },
        Provocation("identity.erasing", "a person whose erasure is not finished") { bench in
            let person = try await bench.person()
            bench.deployment.isForgotten.withLock { $0 = false }
            _ = await refusal { try await bench.service.erase(person) }
            return try await bench.refused { try await bench.service.record([TestProcess.decision(.productUpdate)], for: person) }
        },
        Provocation("identity.foreignPseudonym", "another system's name where only the host's own will do") { bench in
            let person = try await bench.person()
            let support = try await bench.service.pseudonym(of: person, for: "support")
            return try await bench.refused { try await bench.service.acknowledge(support) }
        },
        Provocation("identity.tooManyConsumers", "a name for the 65th system") { bench in
            let person = try await bench.person()
            for index in 1..<64 { _ = try await bench.service.pseudonym(of: person, for: try #require(Consumer(rawValue: "\(index)"))) }
            return try await bench.refused { try await bench.service.pseudonym(of: person, for: "64") }
        },
        Provocation("identity.recoveryStopped", "a recovery after the owner's stop", writes: "the challenge is spent") { bench in
            let person = try await bench.person()
            try await bench.service.stopRecovery(person)
            let (receipt, code) = try await bench.begun(.recovery)
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        Provocation("identity.noAccount", "an account erased since its recovery began", writes: "the challenge is spent") { bench in
            let person = try await bench.person()
            let (receipt, code) = try await bench.begun(.recovery)
            try await bench.service.erase(person)
            return try await bench.refused { try await bench.process.complete(receipt, code) }
        },
        Provocation("identity.consentsNotExpected", "consents at a recovery", writes: "the guess is paid") { bench in
            _ = try await bench.person()
            let (receipt, code) = try await bench.begun(.recovery)
            return try await bench.refused {
                try await bench.process.complete(receipt, code, consents: [TestProcess.decision(.productUpdate)])
            }
        },
        Provocation("identity.proofMismatch", "a number without a proof") { bench in
            let person = try await bench.person()
            return try await bench.refused { try await bench.service.export(person, number: ErrorBench.number) }
        },
        Provocation("identity.proofMismatch", "another number than the person's") { bench in
            let person = try await bench.person()
            let proof = try await bench.process.stepUp(person, ErrorBench.number)
            return try await bench.refused { try await bench.service.export(person, proof: proof, number: ErrorBench.other) }
        },
        Provocation("identity.proofMismatch", "another person's proof") { bench in
            let person = try await bench.person()
            let other = try await bench.process.signUp(ErrorBench.other)
            let proof = try await bench.process.stepUp(person, ErrorBench.number)
            return try await bench.refused { try await bench.service.export(other, proof: proof) }
        },
        Provocation("identity.busy", "a beginning that always meets others") { bench in
            bench.deployment.identity.plan(.conflict, forever: true)
            return try await bench.refused { try await bench.process.begin(.signUp, ErrorBench.number) }
        },
        Provocation("identity.busy", "a beginning whose commit nobody answers for") { bench in
            bench.deployment.identity.plan(.unknownLost, forever: true)
            return try await bench.refused { try await bench.process.begin(.signUp, ErrorBench.number) }
        },

        Provocation("consent.notGiven", "a step-up that nobody agreed to") { bench in
            let person = try await bench.person([])
            return try await bench.refused { try await bench.process.begin(.stepUp(person), ErrorBench.number) }
        },
        Provocation("consent.notGiven", "a step-up that was refused") { bench in
            let person = try await bench.person([TestProcess.decision(.stepUpVerification, false)])
            return try await bench.refused { try await bench.process.begin(.stepUp(person), ErrorBench.number) }
        },
        Provocation("consent.withdrawn", "a step-up after the withdrawal") { bench in
            let person = try await bench.person()
            try await bench.service.withdraw(.stepUpVerification, for: person)
            return try await bench.refused { try await bench.process.begin(.stepUp(person), ErrorBench.number) }
        },
        Provocation("consent.expired", "a step-up after the consent ran out") { bench in
            let end = bench.deployment.clock.now() + .seconds(60)
            let person = try await bench.person([TestProcess.decision(.stepUpVerification, expiresAt: end)])
            return try await bench.refused { try await bench.process.begin(.stepUp(person), ErrorBench.number) }
        },
        decided("consent.notOptIn", "verification, about which nobody is asked", [TestProcess.decision(.verification)]),
        decided("consent.noticeIncomplete", "no text", [decision(text: "")]),
        decided("consent.noticeIncomplete", "10 MB of text", [decision(text: String(repeating: "a", count: 10_000_000))]),
        decided("consent.noticeIncomplete", "no language", [decision(language: "")]),
        decided("consent.noticeIncomplete", "no id", [decision(id: "")]),
        decided("consent.noticeIncomplete", "a jurisdiction of one letter", [decision(jurisdiction: "E")]),
        decided(
            "consent.contradictory", "yes and no", [TestProcess.decision(.productUpdate), TestProcess.decision(.productUpdate, false)]),
        Provocation("consent.unavailable", "a store that is down under the records alone") { bench in
            bench.deployment.identity.failReads(true)
            return try await bench.refused {
                try await bench.service.consentRecords.states(of: SubjectID(random: bench.deployment.random))
            }
        },
        Provocation("storage.unavailable", "consents while the identity store is down") { bench in
            let person = try await bench.person()
            bench.deployment.identity.failReads(true)
            return try await bench.refused { try await bench.service.consents(of: person) }
        },
    ]

    /// Decisions that come with a sign-up, which costs no guess.
    private static func decided(_ code: String, _ what: String, _ decisions: [ConsentDecision]) -> Provocation {
        Provocation(code, what) { bench in
            let (receipt, typed) = try await bench.begun()
            return try await bench.refused { try await bench.process.complete(receipt, typed, consents: decisions) }
        }
    }

    private static func decision(
        id: String = "notice", language: String = "en", text: String = "May we?", jurisdiction: String? = nil
    ) -> ConsentDecision {
        ConsentDecision(
            .productUpdate, isGiven: true, notice: Notice(id: id, version: "1", language: language, text: text), method: .signUpForm,
            jurisdiction: jurisdiction)
    }
}
