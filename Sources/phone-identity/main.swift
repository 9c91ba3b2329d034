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

    Exit codes: 0 done, 1 refused or found bad, 2 wrong use. Each command has --help.

    """

switch arguments.first {
case "normalize":
    exit(runNormalize(Array(arguments.dropFirst())))
case "audit":
    #if Tool
        exit(await AuditCommand.run(Array(arguments.dropFirst())))
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
