// figure phone-allocations: what 1,000,000 parses of ASCII texts ask the heap for; failures are parses, too.
//
//   PhoneAllocations CORPUS
import CCountingAllocator
import PhoneCorpus
import PhoneNormalization

@main
struct PhoneAllocations {
    static func main() {
        precondition(CommandLine.arguments.count == 2, "usage: PhoneAllocations CORPUS")
        let lines = PhoneCorpus(path: CommandLine.arguments[1]).lines.filter { $0.text.utf8.allSatisfy { $0 < 0x80 } }
        let inputs = lines.map { ($0.text, $0.place) }
        let parses = 1_000_000
        // One array, so that a counter that counts nothing is noticed.
        let seen = allocations { keep([Int](repeating: 1, count: 100)) }
        precondition(seen == 1, "The counter counts \(seen) allocations where there is one.")
        var parsed = 0
        let made = allocations { parsed = parse(inputs, parses) }
        print(
            "figure phone-allocations \(made) allocations; \(parses) parses of \(inputs.count) ASCII texts (\(parsed) numbers, the rest errors),",
            "a counted array \(seen)")
    }

    private static func allocations(_ body: () -> Void) -> Int64 {
        let before = counted_allocations()
        body()
        return counted_allocations() - before
    }

    @inline(never)
    private static func parse(_ inputs: [(String, Region?)], _ parses: Int) -> Int {
        var (parsed, next) = (0, 0)
        for _ in 0..<parses {
            let (text, region) = inputs[next]
            if let number = try? PhoneNumber(parsing: text, region: region), number.callingCode.value > 0 { parsed += 1 }
            next = next + 1 == inputs.count ? 0 : next + 1
        }
        return parsed
    }

    @inline(never)
    private static func keep(_ array: [Int]) { precondition(array.count == 100) }
}
