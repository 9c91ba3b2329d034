import Foundation
import PhoneIdentity

/// Several people sign up; then everything that can follow happens to one of them.
struct Tour {
    let deployment: Deployment
    let codeDigits: Int
    let witness: Witness

    /// A number as somebody would type it, and the country they are in.
    private struct Person {
        let name: String
        let typed: String
        let region: Region
    }

    /// Example numbers of the numbering plans, and ranges that regulators keep for films: nobody is called.
    private let people = [
        Person(name: "Ada", typed: "07400 123456", region: "GB"),
        Person(name: "Beat", typed: "+41 (0)78 123 45 67", region: "CH"),
        Person(name: "Chloé", typed: "06.12.34.56.78", region: "FR"),
        Person(name: "Daichi", typed: "０９０－１２３４－５６７８", region: "JP"),
        Person(name: "Emma", typed: "tel:+1-201-555-0123", region: "US"),
        Person(name: "فاطمة", typed: "٠١٠٠ ١٢٣ ٤٥٦٧", region: "EG"),
        Person(name: "Gus", typed: "0491 570 156", region: "AU"),
    ]

    private var service: IdentityService { deployment.service }
    private let random = SystemRandomSource()

    func run() async throws {
        print("Sign-up by phone number, on SQLite in \(deployment.directory)")
        for profile in deployment.profiles { print("  profile: \(profile)") }

        step("Seven people sign up, each typing the number their own way")
        var pseudonyms: [Pseudonym] = []
        for person in people { pseudonyms.append(try await signUp(person)) }

        let ada = people[0]
        let pseudonym = pseudonyms[0]
        deployment.clock.putForward(by: .seconds(3600))
        print("\n(an hour later)")

        step("Ada tries a wrong code: refused, and paid for before it was compared")
        let receipt = try await begin(.signUp, ada)
        let code = try await codeFromPhone(of: ada)
        try await refused("wrong code", with: "otp.wrongCode") { try await complete(receipt, wrong(code)) }

        step("With the right one: refused, since her number has an account")
        guard case .alreadyEnrolled(let shown) = try await complete(receipt, code) else { throw Surprise("expected .alreadyEnrolled") }
        print("  alreadyEnrolled, pseudonym \(shown == nil ? "withheld: the host has acknowledged the account" : "shown")")

        deployment.clock.putForward(by: .seconds(3600))
        step("Ada lost her phone's app and comes back by her number: nothing is decrypted for it")
        guard case .recovered(pseudonym) = try await prove(.recovery, ada) else { throw Surprise("expected .recovered") }
        print("  recovered \(pseudonym)")

        deployment.clock.putForward(by: .seconds(3600))
        step("Before something sensitive she proves the number again; the proof opens her own history")
        guard case .steppedUp(pseudonym, let proof) = try await prove(.stepUp(pseudonym, because: .dataExport), ada) else {
            throw Surprise("expected .steppedUp")
        }
        let export = try await service.export(pseudonym, proof: proof)
        for event in export.history ?? [] { print("  \(event.time)  \(event.action)") }

        step("She withdraws a consent: one call, as giving it was")
        try await service.withdraw(.securityAlert, for: pseudonym)
        for state in try await service.consents(of: pseudonym) { print("  \(state.purpose): \(state.standing)") }

        step("She is erased: keys first, in the key service, then every row")
        let receiptOfErasure = try await service.erase(pseudonym)
        print("  erased at \(receiptOfErasure.erasedAt), signed by the key service")
        try await refused("her old pseudonym", with: "identity.unknownPseudonym") { try await service.consents(of: pseudonym) }

        deployment.clock.putForward(by: .seconds(3600))
        step("She signs up again with the same number, and is somebody new")
        let again = try await signUp(ada)
        guard again != pseudonym else { throw Surprise("expected a new pseudonym") }
        print("  \(pseudonym) is nobody now")

        step("The log, verified as an auditor would")
        try await service.checkpointed()
        let log = deployment.directory + "/log"
        let checkpoint = try await LogVerifier(DirectoryTileStore(directory: log), key: service.logKey).verify()
        print("  \(checkpoint.head.size) entries, signed tree head verified, every entry hashed")
        print("  the same by the tool: phone-identity audit verify \(log) --key \(deployment.directory)/log.pub")
    }

    // MARK: Steps

    private func signUp(_ person: Person) async throws -> Pseudonym {
        let receipt = try await begin(.signUp, person)
        let code = try await codeFromPhone(of: person)
        guard case .enrolled(let pseudonym) = try await complete(receipt, code, consents: consents) else {
            throw Surprise("expected .enrolled")
        }
        // Now the host stores its own account under the pseudonym, and says so.
        try await service.acknowledge(pseudonym)
        print("  \(person.name) in \(person.region): enrolled as \(pseudonym)")
        return pseudonym
    }

    private func prove(_ occasion: Occasion, _ person: Person) async throws -> Verdict {
        let receipt = try await begin(occasion, person)
        return try await complete(receipt, try await codeFromPhone(of: person))
    }

    private func begin(_ occasion: Occasion, _ person: Person) async throws -> ChallengeReceipt {
        let number = try PhoneNumber(parsing: person.typed, region: person.region)
        print("  \(person.name): \(number), a \(number.type) number; code on its way")
        return try await service.begin(occasion, number: person.typed, region: person.region, requester: requester)
    }

    private func complete(_ receipt: ChallengeReceipt, _ code: String, consents: [ConsentDecision] = []) async throws -> Verdict {
        try await service.complete(
            receipt.token, code: code, attempt: AttemptID(random: random), requester: requester, consents: consents
        ).verdict
    }

    /// What stands in for the session cookie of the host's own web server.
    private let requester = Requester(session: Array("session-of-this-browser".utf8))

    /// Two opt-ins, each with the words that were shown.
    private var consents: [ConsentDecision] {
        [
            ConsentDecision(
                .stepUpVerification, isGiven: true,
                notice: Notice(
                    id: "step-up", version: "1", language: "en", text: "May we send you a code before changes to your account's security?"),
                method: .signUpForm, jurisdiction: "EU"),
            ConsentDecision(
                .securityAlert, isGiven: true,
                notice: Notice(
                    id: "alerts", version: "1", language: "en", text: "May we warn you by text message if your account is in danger?"),
                method: .signUpForm, jurisdiction: "EU"),
        ]
    }

    /// Reads the message that the development inbox kept, as the person would on the phone.
    private func codeFromPhone(of person: Person) async throws -> String {
        let number = try PhoneNumber(parsing: person.typed, region: person.region).formatted(.e164)
        guard let item = await deployment.inbox.take(for: number), let code = DevelopmentInbox.code(in: item.text, digits: codeDigits)
        else {
            throw Surprise("no message arrived")
        }
        witness.note("typed", person.typed)
        witness.note("number", number)
        witness.note("code", code)
        return code
    }

    /// Another code of as many digits: each is the next one, 0 after 9.
    private func wrong(_ code: String) -> String {
        String(code.map { Character(String(($0.wholeNumberValue! + 1) % 10)) })
    }

    /// Passes only when the library refuses the action with this very code.
    private func refused(_ what: String, with code: String, _ action: () async throws -> some Sendable) async throws {
        do {
            _ = try await action()
        } catch let error as IdentityError where error.code.rawValue == code {
            print("  \(what): refused: \(error)")
            return
        }
        throw Surprise("\(what) was accepted")
    }

    private func step(_ text: String) { print("\n\(text)") }
}

/// Something the tour did not expect.
struct Surprise: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
