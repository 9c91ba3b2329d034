import Foundation
import PhoneIdentity

/// Asks for a number and a code on the terminal, and signs up.
struct Conversation {
    let deployment: Deployment
    let codeDigits: Int

    func run() async throws {
        for profile in deployment.profiles { print("profile: \(profile)") }
        let requester = Requester(session: Array("this-terminal".utf8))
        guard let region = ask("Which country are you in (two letters, such as CH; empty if you type a + number)?") else { return }
        while let typed = ask("Your phone number?") {
            do {
                let receipt = try await deployment.service.begin(
                    .signUp, number: typed, region: region.isEmpty ? nil : Region(region.uppercased()), requester: requester)
                if let item = await deployment.inbox.takeLatest() { print("Your phone shows: \(item.text)") }
                try await answer(receipt, requester)
                return
            } catch let error as IdentityError {
                print(error.reason)
            }
        }
    }

    private func answer(_ receipt: ChallengeReceipt, _ requester: Requester) async throws {
        while let code = ask("The code?") {
            do {
                let verdict = try await deployment.service.complete(
                    receipt.token, code: code, attempt: AttemptID(random: SystemRandomSource()), requester: requester
                ).verdict
                switch verdict {
                case .enrolled(let pseudonym): print("Welcome. The rest of the system knows you as \(pseudonym).")
                case .alreadyEnrolled: print("This number has an account already.")
                default: print("Done.")
                }
                return
            } catch {
                print(error.reason, error.triesLeft.map { "Tries left: \($0)." } ?? "")
                guard error.code.rawValue == "otp.wrongCode" || error.code.rawValue == "otp.malformedCode" else { throw error }
            }
        }
    }

    private func ask(_ question: String) -> String? {
        print(question, terminator: " ")
        fflush(nil)
        return readLine()
    }
}
