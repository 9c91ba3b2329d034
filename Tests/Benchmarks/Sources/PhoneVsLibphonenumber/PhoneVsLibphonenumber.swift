// figures phone-full-vs-cpp, phone-parse-vs-cpp, phone-asyoutype-vs-cpp, phone-finder-vs-cpp: the throughput of PhoneNormalization as a
// multiple of that of Google's C++ library, in one thread, on the same inputs, both in turn, medians of the rounds.
//
//   PhoneVsLibphonenumber FIGURE CORPUS
import CLibphonenumber
import Foundation
import Measuring
import PhoneCorpus
import PhoneNormalization

@main
struct PhoneVsLibphonenumber {
    static func main() {
        let arguments = CommandLine.arguments
        precondition(arguments.count == 3, "usage: PhoneVsLibphonenumber FIGURE CORPUS")
        let corpus = PhoneCorpus(path: arguments[2])
        let comparison: Comparison =
            switch arguments[1] {
            case "phone-full-vs-cpp": .full(corpus)
            case "phone-parse-vs-cpp": .parse(corpus)
            case "phone-asyoutype-vs-cpp": .asYouType(corpus)
            case "phone-finder-vs-cpp": .finder(corpus)
            case let other: fatalError("There is no figure \(other) here.")
            }
        comparison.run(arguments[1])
    }
}

struct Comparison {
    /// What both sides work on, and what one of it is called.
    let count: Int
    let unit: String
    /// What both sides answer, which shows that they do the same work; their metadata is of different years, so not exactly.
    let answers: String
    let ours: () -> Int
    let theirs: () -> Int64

    func run(_ figure: String) {
        var (own, other): ([Double], [Double]) = ([], [])
        var (ownAnswers, otherAnswers) = (0, Int64(0))
        // Ours is over before a clock's tick means little, so it runs several times.
        let repetitions = 10
        for round in -1..<5 {
            let theirs = processorNanoseconds { otherAnswers = self.theirs() } / Double(count)
            let ours =
                processorNanoseconds {
                    for _ in 0..<repetitions { ownAnswers = self.ours() }
                } / Double(count * repetitions)
            // The first round compiles the other side's regular expressions.
            guard round >= 0 else { continue }
            own.append(ours)
            other.append(theirs)
        }
        print(
            String(
                format: "figure %@ %.1f x; ours %.0f ns, libphonenumber %.0f ns a %@ (%d; %@: ours %d, theirs %d)", figure,
                median(other) / median(own), median(own), median(other), unit, count, answers, ownAnswers, Int(otherAnswers)))
    }
}

extension Comparison {
    static func parse(_ corpus: PhoneCorpus) -> Comparison {
        add(corpus.lines, libphonenumber_add_number)
        let inputs = corpus.lines.map { ($0.text, $0.place) }
        return Comparison(
            count: inputs.count, unit: "number", answers: "parsed", ours: { Ours.parse(inputs) }, theirs: libphonenumber_parse)
    }

    static func full(_ corpus: PhoneCorpus) -> Comparison {
        add(corpus.lines, libphonenumber_add_number)
        let inputs = corpus.lines.map { ($0.text, $0.place) }
        return Comparison(count: inputs.count, unit: "number", answers: "valid", ours: { Ours.full(inputs) }, theirs: libphonenumber_full)
    }

    static func asYouType(_ corpus: PhoneCorpus) -> Comparison {
        let typed = Array(corpus.typed.prefix(20_000))
        add(typed, libphonenumber_add_typed)
        // One formatter for each region, as on the other side.
        let regions = Array(Set(typed.map(\.region)))
        let places = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
        let inputs = typed.map { (Array($0.text), places[$0.region]!) }
        var formatters = regions.map { AsYouTypeFormatter(region: Region($0)) }
        return Comparison(
            count: inputs.reduce(0) { $0 + $1.0.count }, unit: "keystroke", answers: "bytes shown",
            ours: { Ours.type(inputs, &formatters) },
            theirs: libphonenumber_type)
    }

    static func finder(_ corpus: PhoneCorpus) -> Comparison {
        let messages = Array(corpus.messages.prefix(5_000))
        add(messages, libphonenumber_add_text)
        let inputs = messages.map { ($0.text, $0.place) }
        return Comparison(count: inputs.count, unit: "message", answers: "found", ours: { Ours.find(inputs) }, theirs: libphonenumber_find)
    }

    private static func add(_ lines: [PhoneCorpus.Line], _ add: (UnsafePointer<CChar>, UnsafePointer<CChar>, Int) -> Void) {
        for line in lines { add(line.region, line.text, line.text.utf8.count) }
    }
}

/// PhoneNormalization at the same work, counted in the same way.
private enum Ours {
    static func parse(_ inputs: [(String, Region?)]) -> Int {
        var parsed = 0
        for (text, region) in inputs where (try? PhoneNumber(parsing: text, region: region)) != nil { parsed += 1 }
        return parsed
    }

    static func full(_ inputs: [(String, Region?)]) -> Int {
        var (valid, bytes, types) = (0, 0, 0)
        for (text, region) in inputs {
            guard let number = try? PhoneNumber(parsing: text, region: region) else { continue }
            valid += number.isValid ? 1 : 0
            types += Int(number.type.rawValue)
            bytes += number.withE164Bytes { $0.count }
        }
        return bytes + types > 0 ? valid : 0
    }

    static func type(_ inputs: [([Character], Int)], _ formatters: inout [AsYouTypeFormatter]) -> Int {
        var bytes = 0
        for (characters, place) in inputs {
            formatters[place].clear()
            for character in characters { bytes += formatters[place].append(character).utf8.count }
        }
        return bytes
    }

    static func find(_ inputs: [(String, Region?)]) -> Int {
        var found = 0
        for (text, region) in inputs {
            for _ in PhoneNumberFinder(in: text, region: region) { found += 1 }
        }
        return found
    }
}
