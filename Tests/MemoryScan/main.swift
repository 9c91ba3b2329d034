// Makes secrets, sends them one way through the library, drops them, and waits to be looked at.
//
//   memory-scan NAME     `memory-scan --list` names the ways
//
// Prints `needle NAME MASKED MASK` for each secret, then `ready`, and ends with its standard input. Tests/MemoryScan/scan.py looks.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "--list" {
    for way in Way.all { print(way.name) }
    exit(0)
}
guard let way = Way.all.first(where: { $0.name == arguments.first }) else {
    print("usage: memory-scan NAME | --list")
    exit(2)
}
let needles = Needles()
try await way.run(needles)
needles.tell()
print("ready")
fflush(nil)
_ = readLine()
