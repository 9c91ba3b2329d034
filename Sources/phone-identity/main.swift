#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

let arguments = Array(CommandLine.arguments.dropFirst())

let usage = """
    phone-identity: for operators, approvers and auditors

      phone-identity normalize --region REGION NUMBER   one number: its formats, type and validity
      phone-identity normalize --jsonl                  lines REGION<TAB>NUMBER in, JSON lines out
      phone-identity audit verify DIR/log --key LOG.PUB verifies a whole log offline
      phone-identity ceremony init                      draws the keyrings of a deployment
      phone-identity custody …                          people, shares and the roster of those who may open records
      phone-identity request …                          asks for one record to be opened to people
      phone-identity approve                            shows a request to an approver, who approves or denies
      phone-identity reveal …                           prepares a request, and opens the record once two levels agreed
      phone-identity review …                           looks back at an opening by people on call
      phone-identity explain REFERENCE                  what happened to a challenge, for a support desk
      phone-identity deliveries                         a day's messages by route and country, and their cost
      phone-identity key-service                        runs the key service
      phone-identity sender                             runs the sender

    Exit codes: 0 done, 1 refused or found bad, 2 wrong use. Each command has --help.

    """

switch arguments.first {
case "normalize":
    exit(runNormalize(Array(arguments.dropFirst())))
case "audit", "ceremony", "custody", "request", "approve", "reveal", "review", "explain", "deliveries", "key-service", "sender":
    #if Tool
        exit(await Tool.run(arguments))
    #else
        StandardError.write("This build has only `normalize`: build with --enable-all-traits, or the trait Tool, for the rest.\n")
        exit(2)
    #endif
case "--help", "-h", "help":
    StandardOutput.write(Array(usage.utf8))
    exit(0)
default:
    StandardError.write(usage)
    exit(2)
}
