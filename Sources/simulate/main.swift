// The whole library under seeds: see Documentation/Simulation.md.
//
//   simulate --seeds 'A..<B'  runs these seeds, and says of each that breaks a promise which one
//   simulate --replay S       shows seed S step by step
//
// The last line is `N seeds, N broken promises`; exit 0 when there is none, 1 when there is one, 2 for wrong use.
import PhoneIdentityTesting

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One line, written at once: a run may be long.
func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}

func wrongUse() -> Never {
    say("Say `simulate --seeds A..<B`, such as `--seeds '0..<200'`, or `simulate --replay S`.")
    exit(2)
}

let words = Array(CommandLine.arguments.dropFirst())
guard words.count == 2 else { wrongUse() }
var seeds: Range<UInt64>
switch words[0] {
case "--seeds":
    let ends = words[1].split(separator: "..<", omittingEmptySubsequences: false).map { UInt64($0) }
    guard ends.count == 2, let first = ends[0], let end = ends[1], first < end else { wrongUse() }
    seeds = first..<end
case "--replay":
    guard let seed = UInt64(words[1]), seed < .max else { wrongUse() }
    seeds = seed..<seed + 1
default: wrongUse()
}
let isTracing = words[0] == "--replay"

var broken = 0
for seed in seeds {
    let report = try await IdentitySimulation().run(seed: seed, isTracing: isTracing)
    for line in report.trace { say(line) }
    broken += report.broken.count
    for promise in report.broken { say("seed \(seed): \(promise)") }
    if isTracing { say("seed \(seed): \(report.jobs) steps, digest \(String(report.digest, radix: 16))") }
}
say("\(seeds.count) seeds, \(broken) broken promises")
exit(broken == 0 ? 0 : 1)
