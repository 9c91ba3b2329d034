#if Tool
    import ArgumentParser
    import IdentityTypes
    import RecordStorage

    struct NewDeployment: ParsableCommand, JSONCommand {
        static let configuration = CommandConfiguration(
            commandName: "new-deployment", abstract: "Draw the id of a new deployment, which the cards and keyrings will name.")

        @Flag(help: "Write it as one line of JSON.") var json = false

        func run() {
            let id = Hexadecimal.encode(DeploymentID(random: SystemRandomSource()).bytes)
            if json { JSONLine(("ok", .bool(true)), ("deployment", .text(id))).write() } else { print(id) }
        }
    }

    enum DeploymentText {
        static func read(_ text: String) throws -> DeploymentID {
            guard let id = Hexadecimal.decode(text).flatMap(DeploymentID.init(bytes:)) else {
                throw Refusal.usage("A deployment's id is 32 lower-case hexadecimal digits; `custody new-deployment` draws one.")
            }
            return id
        }
    }
#endif
