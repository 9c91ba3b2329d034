// Puts load on a deployment and checks what is left of it; for Tests/Crash and Tests/Benchmarks.
//
//   signup-load prepare STATE KEYS                        makes keyrings and an empty deployment
//   signup-load sign-ups STATE KEYS FIRST COUNT AT-ONCE   prints a line for each promise
//   signup-load begin STATE KEYS INDEX                    prints a token and its code
//   signup-load race STATE KEYS TOKEN CODE TIMES          prints how each attempt ended
//   signup-load check STATE KEYS PRINTED-FILE HOURS       exit 0 when every promise is kept; its clock is ahead by HOURS
#if SQLite
    import PhoneIdentity
    import RecordStorage
    import SQLiteStorage

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

    let words = Array(CommandLine.arguments.dropFirst())
    do {
        guard words.count >= 3 else { throw CancellationError() }
        let hours = words[0] == "check" ? words.dropFirst(4).first.flatMap { Int($0) } ?? 2 : 0
        let deployment = try await Deployment(state: words[1], keys: words[2], shift: .seconds(hours * 3600))
        let workload = Workload(deployment: deployment)
        switch (words[0], words.count) {
        case ("prepare", 3): break
        case ("sign-ups", 6):
            let (first, count, atOnce) = (Int(words[3])!, Int(words[4])!, Int(words[5])!)
            try await deployment.running { try await workload.signUps(first..<first + count, concurrency: atOnce) }
        case ("begin", 4): try await deployment.running { try await workload.begin(Int(words[3])!) }
        case ("race", 6): try await deployment.running { try await workload.race(words[3], words[4], times: Int(words[5])!) }
        case ("check", 4...5):
            let printed = String(decoding: try DurableFile.contents(of: words[3]) ?? [], as: UTF8.self)
            // A line cut by the crash promises nothing.
            let whole = printed.hasSuffix("\n") ? printed : String(printed[..<(printed.lastIndex(of: "\n") ?? printed.startIndex)])
            try await Check(deployment: deployment, promises: whole.split(separator: "\n").map(String.init)).run()
        default: throw CancellationError()
        }
        try await deployment.identityStore.close()
        try await deployment.shredStore.close()
    } catch is CancellationError {
        say("wrong use: see the head of main.swift")
        exit(2)
    } catch {
        say("failed: \(error)")
        exit(1)
    }
#else
    print("signup-load needs the package trait SQLite.")
#endif
