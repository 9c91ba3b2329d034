import ConsentLedger
import IdentityTypes
import RecordStorage
import Testing

@Suite struct PurposeTests {
    @Test func `The purposes are a closed set of ten, and none is advertising, sale, sharing or training`() {
        let all = (UInt16.min...UInt16.max).compactMap(PurposeCode.init(rawValue:))
        #expect(all.map(\.rawValue) == [1, 2, 3, 4, 16, 17, 18, 19, 20, 21])
        #expect(all == PurposeCode.allCases)
        for purpose in all {
            let name = "\(purpose)".lowercased()
            for word in ["advert", "market", "promo", "sale", "sell", "share", "sharing", "third", "partner", "train", "profil", "broker"] {
                #expect(!name.contains(word))
            }
        }
    }

    @Test func `Each type stands for the purpose of its name, and no two for one`() {
        let types: [any Purpose.Type] = [
            Purposes.Verification.self, Purposes.AccountRecovery.self, Purposes.TermsOfServiceReview.self, Purposes.LegalObligation.self,
            Purposes.SecurityAlert.self, Purposes.ServiceAlert.self, Purposes.ProductUpdate.self, Purposes.Conversation.self,
            Purposes.StepUpVerification.self, Purposes.InteractionLinking.self,
        ]
        #expect(types.map { $0.token.code } == PurposeCode.allCases)
        for type in types { #expect("\(type)".lowercased() == "\(type.token.code)".lowercased()) }
        // What no message is for cannot be given to anything that sends.
        let silent = types.filter { !($0 is any MessagingPurpose.Type) }.map { $0.token.code }
        #expect(silent == [.termsOfServiceReview, .legalObligation, .interactionLinking])
    }

    @Test(arguments: [PurposeCode.verification, .accountRecovery, .termsOfServiceReview, .legalObligation])
    func `Nobody is asked about what is necessary, and nobody withdraws it`(_ purpose: PurposeCode) async throws {
        let person = Person()
        #expect(!purpose.needsConsent)
        let asked = await #expect(throws: ConsentError.self) { try await person.decide(purpose) }
        #expect(asked?.code == .notOptIn)
        let withdrawn = await #expect(throws: ConsentError.self) { try await person.withdraw(purpose) }
        #expect(withdrawn?.code == .notOptIn)
        #expect(try await person.store.record(at: person.key) == nil)
        #expect(try await person.history().isEmpty)
    }
}
