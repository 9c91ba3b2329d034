// Runs the README's code once: a directory of its own, one visitor instead of a web server, an inbox instead of a gateway.
import Foundation
import PhoneIdentity

/// Stands for the host's own table of users.
actor Accounts {
    private var names: Set<String> = []
    func create(_ name: String) throws { names.insert(name) }
}

let directory = FileManager.default.temporaryDirectory.appending(path: "phone-identity-host-\(UUID().uuidString)").path()
try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: directory) }

// A deployment's keys are drawn once. Here the passphrase is a file beside them, as only a demonstration may keep it.
let random = SystemRandomSource()
_ = FileManager.default.createFile(
    atPath: "\(directory)/passphrase", contents: Data(UUID().uuidString.utf8), attributes: [.posixPermissions: 0o600])
let passphrase = try KeyringPassphrase(file: "\(directory)/passphrase")
try KeyringCeremony(origin: "example.com/phone-identity").perform(
    directory: directory, deployment: DeploymentID(random: random), passphrase: passphrase, random: random)

let inbox = DevelopmentInbox()
let host = Host(
    identity: try await openIdentity(in: directory, passphrase: passphrase, transport: inbox), accounts: Accounts())
try await host.run { host in
    let session = random.bytes(32)
    let token = try await host.begin(number: "078 123 45 67", session: session)
    guard let message = await inbox.takeLatest(), let code = DevelopmentInbox.code(in: message.text) else { return }
    let isNew = try await host.complete(token: token, code: code, attempt: AttemptID(random: random), session: session)
    print(isNew ? "signed up" : "has an account already")
}
