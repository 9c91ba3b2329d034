// Puts load on a deployment and checks what is left of it; for Tests/Crash and Tests/Custody.
//
//   signup-load prepare STATE KEYS                        makes keyrings and an empty deployment
//   signup-load sign-ups STATE KEYS FIRST COUNT AT-ONCE   signs numbers up; prints a line for each one tried and for each promise
//   signup-load begin STATE KEYS FIRST COUNT              prints `challenge INDEX TOKEN CODE` for each number
//   signup-load submit STATE KEYS FILE                    sends every line `INDEX TOKEN CODE ATTEMPT` of FILE at once, prints the answers
//   signup-load sweep STATE KEYS                          settles what was left half done; prints `swept`
//   signup-load alert STATE KEYS SENDER TEMPLATE PSEUDONYM…   orders a message for each person; prints `sent PSEUDONYM` or
//                                                         `refused PSEUDONYM CODE`
//   signup-load check STATE KEYS PRINTED-FILE             exit 0 when every promise is kept
//
// Options, after the words:
//   --ahead SECONDS         the clock is ahead by so much
//   --wait                  prints `ready` and begins when a line comes on standard input
//   --linger MILLISECONDS   stays for so long after the last answer, and goes on to sequence the log
//   --pause MILLISECONDS    with sign-ups: rests after each
//   --again I,J,…           with sign-ups: these numbers first, which may have an account already
//   --within MILLISECONDS   with check: every sign-up was in a checkpoint so soon after its answer
//   --postgres CONNECTION   both databases are on a server of PostgreSQL
//   --schema NAME           with --postgres: they are the schemas NAME_identity and NAME_shred
//   --roster FILE           numbers are sealed to the quorums of this roster too
//   --key-service PLACE     the key service is another process, and neither its keyring nor its store is opened here
//   --evaluator PLACE       with --key-service: where tags are made, if elsewhere
//   --also SENDER           with alert: the same order goes to this sender too, with a line of its own
//   --persist               with sign-ups: goes on, with the same attempt, when a database is away for longer than its store waits
//   --synchronous off       the databases do not wait for the disk: for the proof that the power cuts would find it
//
// A place is the path of a socket, or `tls,HOST,PORT,CERTIFICATE,KEY,SERVER-CERTIFICATE`.
#if SQLite
    import PhoneIdentity
    import RecordStorage

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// One line, written at once: what is printed is a promise.
    func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }

    do {
        let command = try Command(CommandLine.arguments.dropFirst())
        let deployment = try await Deployment(
            state: command.state, keys: command.keys, ahead: .seconds(command.number("--ahead") ?? 0),
            databases: Databases(command.options), keyService: OtherProcess(command.options), roster: command.options["--roster"])
        let workload = Workload(deployment: deployment)
        let words = command.words
        switch (command.name, words.count) {
        case ("prepare", 0): break
        case ("sign-ups", 3):
            let (first, count, atOnce) = (Int(words[0])!, Int(words[1])!, Int(words[2])!)
            let isPersistent = command.options["--persist"] != nil
            let again = command.options["--again"]?.split(separator: ",").map { Int($0)! } ?? []
            try await deployment.running {
                command.waitForStart()
                try await workload.watchingCheckpoint {
                    try await workload.signUps(
                        again + Array(first..<first + count), concurrency: atOnce,
                        pause: .milliseconds(command.number("--pause") ?? 0), isPersistent: isPersistent)
                    try await command.linger()
                }
            }
        case ("begin", 2):
            let (first, count) = (Int(words[0])!, Int(words[1])!)
            try await deployment.running { for index in first..<first + count { try await workload.begin(index) } }
        case ("submit", 1):
            let submissions = try command.lines(of: words[0]).map(Submission.init)
            try await deployment.running {
                command.waitForStart()
                await workload.submit(submissions)
            }
        case ("sweep", 0):
            try await deployment.running { try await deployment.service.sweep() }
            say("swept")
        case ("alert", 3...):
            try await Alerts(
                deployment: deployment, senders: try ([words[0]] + [command.options["--also"]].compactMap { $0 }).map(OtherProcess.sender)
            ).send(words[1], to: words.dropFirst(2))
        case ("check", 1):
            try await Check(
                deployment: deployment, promises: Promises(command.lines(of: words[0])),
                patience: command.number("--within").map { .milliseconds($0) }
            ).run()
        default: throw WrongUse()
        }
        try await deployment.close()
    } catch is WrongUse {
        say("wrong use: see the head of main.swift")
        exit(2)
    } catch {
        say("failed: \(error)")
        exit(1)
    }
#else
    print("signup-load needs the package trait SQLite.")
#endif
