// Drives SMPPGateway with a plain loop and prints what came of it, a line for each thing: for Tests/Interop/smpp and the benchmark, never for people.
#if SMPP
    import Messaging
    import SMPPTransport

    do {
        let options = try Options(CommandLine.arguments.dropFirst())
        try await Load(options).run()
    } catch {
        print("error \(error)")
    }
#else
    print("smpp-load needs the package trait SMPP")
#endif
