// Drives SMTPGateway with a plain loop and prints what came of it, a line for each thing: for Tests/Interop/smtp, never for people.
#if SMTP
    import Messaging
    import SMTPTransport

    do {
        let options = try Options(CommandLine.arguments.dropFirst())
        try await Load(options).run()
    } catch {
        print("error \(error)")
    }
#else
    print("smtp-load needs the package trait SMTP")
#endif
