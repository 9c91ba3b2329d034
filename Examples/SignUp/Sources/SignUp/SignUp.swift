import ArgumentParser
import Foundation
import PhoneIdentity

/// Sign-up by phone number, end to end, on SQLite: a scripted tour, or your own number and code.
@main
struct SignUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign-up by phone number, end to end, on SQLite.",
        discussion: "Messages stay in this process: nothing is sent to anybody.")

    @Flag(help: "Type a number and the code yourself.")
    var interactive = false

    @Option(help: "Where databases, keyrings and the log are kept; without it they are removed at the end.")
    var directory: String?

    @Option(help: "Digits of a code, 6 to 10.")
    var codeDigits = 6

    @Option(help: .hidden)
    var witness: Int32?

    func run() async throws {
        let kept = directory != nil
        let directory = directory ?? FileManager.default.temporaryDirectory.appending(path: "phone-identity-\(UUID().uuidString)").path()
        defer { if !kept { try? FileManager.default.removeItem(atPath: directory) } }
        do {
            // The people of the tour can sign up once; whoever types a number may come back to the same directory.
            guard interactive || !FileManager.default.fileExists(atPath: directory + "/identity.sqlite") else { throw DirectoryError.used }
            let deployment = try await Deployment(directory: directory, codeDigits: codeDigits)
            // Without run() beside it no code is ever handed to the transport.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await deployment.service.run() }
                if interactive {
                    try await Conversation(deployment: deployment, codeDigits: codeDigits).run()
                } else {
                    try await Tour(deployment: deployment, codeDigits: codeDigits, witness: Witness(descriptor: witness)).run()
                }
                group.cancelAll()
            }
        } catch let error as ExitCode {
            throw error
        } catch {
            // Errors of the library name a stable code and what to do; they never hold a number.
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            throw ExitCode.failure
        }
    }
}

/// For the test that looks for numbers in everything this program writes: tells it, on a descriptor of its own, what to look for.
struct Witness {
    let descriptor: Int32?

    func note(_ kind: String, _ value: String) {
        guard let descriptor else { return }
        FileHandle(fileDescriptor: descriptor).write(Data("\(kind) \(value)\n".utf8))
    }
}
