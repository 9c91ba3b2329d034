import Glibc
public import PhoneNormalization

/// Lines `REGION<TAB>NUMBER`, and what the benchmarks make of them.
public struct PhoneCorpus {
    public struct Line {
        public let region: String
        public let text: String
    }

    public let lines: [Line]

    public init(path: String) {
        guard let file = fopen(path, "r") else { fatalError("There is no corpus at \(path).") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
            let tab = line.firstIndex(of: UInt8(ascii: "\t")) ?? line.startIndex
            return Line(
                region: String(decoding: line[..<tab], as: UTF8.self), text: String(decoding: line[tab...].dropFirst(), as: UTF8.self))
        }
        precondition(!lines.isEmpty, "The corpus is empty.")
    }

    /// What somebody would type on a keypad: the first 20 ASCII digits, behind the plus sign if there is one in front.
    public var typed: [Line] {
        lines.compactMap { line in
            let digits = line.text.utf8.filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.prefix(20)
            let plus = line.text.utf8.first == UInt8(ascii: "+") ? "+" : ""
            guard digits.count >= 3, Region(line.region)?.isSupported ?? false else { return nil }
            return Line(region: line.region, text: plus + String(decoding: digits, as: UTF8.self))
        }
    }

    /// Messages with three numbers each, and with digits that are none.
    public var messages: [Line] {
        stride(from: 0, to: lines.count - 2, by: 3).map { index in
            let numbers = lines[index..<(index + 3)].map(\.text)
            let text =
                switch index / 3 % 3 {
                case 0: "Dear all, please call \(numbers[0]) before noon. If nobody answers, try \(numbers[1]) or \(numbers[2]); thank you."
                case 1:
                    "Order 4711 of 12/31/2024 came to $1,299.50. Questions? Office: \(numbers[0]), home: \(numbers[1]), fax \(numbers[2])"
                default:
                    "We met at 10:30 in room 12. My number is (\(numbers[0])), hers is \(numbers[1]). See pp. 211-227 (2003). Or \(numbers[2])!"
                }
            return Line(region: lines[index].region, text: text)
        }
    }
}

extension PhoneCorpus.Line {
    /// nil for ZZ, which nobody has.
    public var place: Region? { region == "ZZ" ? nil : Region(region) }
}
