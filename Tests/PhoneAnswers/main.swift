// Answers questions about phone numbers, one a line, for the comparison with other people's programs (Tests/Interop/phone/feature.py).
//
//   phone-answers FEATURE     reads a JSON array of strings a line, prints a JSON value a line
import Foundation

/// What a feature answers to the fields of one line: anything that JSON can hold.
typealias Feature = ([String]) -> Any

let features: [String: Feature] = [
    "dialling": Core.dialling, "structure": Core.structure, "matching": Core.matching, "custom": Core.custom,
    "typing": Core.typing, "finding": Core.finding, "short": shortNumbers, "timezones": timeZones,
    "carriers": carriers, "geography": geography,
]

guard CommandLine.arguments.count == 2, let feature = features[CommandLine.arguments[1]] else {
    FileHandle.standardError.write(Data("usage: phone-answers \(features.keys.sorted().joined(separator: "|"))\n".utf8))
    exit(2)
}
var output = Data()
while let line = readLine() {
    guard let fields = try? JSONDecoder().decode([String].self, from: Data(line.utf8)) else {
        FileHandle.standardError.write(Data("a line is no JSON array of strings\n".utf8))
        exit(2)
    }
    output += try JSONSerialization.data(withJSONObject: feature(fields), options: [.sortedKeys, .fragmentsAllowed])
    output.append(UInt8(ascii: "\n"))
    if output.count > 1 << 16 {
        FileHandle.standardOutput.write(output)
        output.removeAll(keepingCapacity: true)
    }
}
FileHandle.standardOutput.write(output)
