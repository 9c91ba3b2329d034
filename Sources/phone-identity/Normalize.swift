import PhoneNormalization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// `phone-identity normalize`: reads phone numbers and says what they are.
///
/// - Returns: 0 done, 1 refused, 2 wrong use.
func runNormalize(_ arguments: [String]) -> Int32 {
    var remaining = arguments[...]
    var region: Region?
    var texts: [String] = []
    var fromLines = false
    while let argument = remaining.popFirst() {
        switch argument {
        case "--jsonl":
            fromLines = true
        case "--region":
            guard let code = remaining.popFirst(), let named = Region(code), named.isSupported else {
                StandardError.write("normalize: --region takes two letters such as CH\n")
                return 2
            }
            region = named
        case "--help", "-h":
            StandardOutput.write(Array(normalizeUsage.utf8))
            return 0
        case let option where option.hasPrefix("--"):
            StandardError.write("normalize: there is no such option\n" + normalizeUsage)
            return 2
        default:
            texts.append(argument)
        }
    }
    if fromLines, texts.isEmpty, region == nil { return normalizeLines() }
    guard !fromLines, texts.count == 1 else {
        StandardError.write(normalizeUsage)
        return 2
    }
    return explain(texts[0], region: region)
}

private let normalizeUsage = """
    usage: phone-identity normalize [--region REGION] NUMBER
           phone-identity normalize --jsonl

    The first prints what one number is. The second reads lines `REGION<TAB>NUMBER` from standard
    input (REGION may be ZZ: no default region) and prints one JSON object for each.

    """

// MARK: One number, for people

private func explain(_ text: String, region: Region?) -> Int32 {
    do {
        let number = try PhoneNumber(parsing: text, region: region)
        var rows = [
            ("E.164", number.formatted(.e164)),
            ("international", number.formatted(.international)),
            ("national", number.formatted(.national)),
            ("RFC 3966", number.formatted(.rfc3966)),
            ("region", number.region?.code ?? "none"),
            ("type", number.type.fieldName),
            ("possible", number.possibility.fieldName),
            ("valid", number.isValid ? "yes" : "no"),
        ]
        if let digits = number.extensionDigits { rows.append(("extension", digits)) }
        for (name, value) in rows {
            StandardOutput.write(Array((name + String(repeating: " ", count: 15 - name.count) + value + "\n").utf8))
        }
        return 0
    } catch {
        StandardError.write("normalize: \(error.reason)\n")
        return 1
    }
}

// MARK: Many numbers, for programs

private func normalizeLines() -> Int32 {
    var input = LineReader()
    var output: [UInt8] = []
    output.reserveCapacity(1 << 17)
    while let line = input.next() {
        guard let text = String(validating: line, as: UTF8.self) else {
            StandardOutput.write(output)
            StandardError.write("normalize: line \(input.lineNumber) is not UTF-8\n")
            return 1
        }
        guard let tab = text.utf8.firstIndex(of: UInt8(ascii: "\t")) else {
            StandardOutput.write(output)
            StandardError.write("normalize: line \(input.lineNumber) has no tab between region and number\n")
            return 1
        }
        // Only upper case names a region here, as for the programs this is compared with.
        let name = text[..<tab]
        let region = name.utf8.allSatisfy { $0 < UInt8(ascii: "a") } ? Region(String(name)) : nil
        output.appendObject(text[text.index(after: tab)...], region: region)
        if output.count > 1 << 16 {
            StandardOutput.write(output)
            output.removeAll(keepingCapacity: true)
        }
    }
    StandardOutput.write(output)
    if input.failed {
        StandardError.write("normalize: standard input could not be read\n")
        return 1
    }
    return 0
}

extension [UInt8] {
    /// One number as a line of JSON with sorted keys. Nothing in it needs escaping: digits, letters, separators.
    fileprivate mutating func appendObject(_ text: Substring, region: Region?) {
        func add(_ piece: StaticString) {
            append(contentsOf: UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
        }
        func add(_ name: StaticString, quoted value: String?) {
            add(name)
            guard let value else { return add("null") }
            append(UInt8(ascii: "\""))
            append(contentsOf: value.utf8)
            append(UInt8(ascii: "\""))
        }
        do throws(PhoneNumberError) {
            let number = try PhoneNumber(parsing: String(text), region: region)
            add("{\"cc\": ")
            append(contentsOf: String(number.callingCode.value).utf8)
            add(", \"e164\": ", quoted: number.formatted(.e164))
            add(", \"ext\": ", quoted: number.extensionDigits)
            add(", \"international\": ", quoted: number.formatted(.international))
            add(", \"national\": ", quoted: number.formatted(.national))
            add(", \"nsn\": ", quoted: number.nationalSignificantNumber)
            add(", \"possible\": ", quoted: number.possibility.fieldName)
            add(", \"region\": ", quoted: number.region?.code)
            add(", \"rfc3966\": ", quoted: number.formatted(.rfc3966))
            add(", \"type\": ", quoted: number.type.fieldName)
            add(number.isValid ? ", \"valid\": true}\n" : ", \"valid\": false}\n")
        } catch {
            add("{\"error\": ", quoted: error.code.fieldName)
            add("}\n")
        }
    }
}

// MARK: The words other programs use

extension NumberType {
    fileprivate var fieldName: String {
        switch self {
        case .premiumRate: "PREMIUM_RATE"
        case .tollFree: "TOLL_FREE"
        case .sharedCost: "SHARED_COST"
        case .voip: "VOIP"
        case .personalNumber: "PERSONAL_NUMBER"
        case .pager: "PAGER"
        case .universalAccess: "UAN"
        case .voicemail: "VOICEMAIL"
        case .fixedLineOrMobile: "FIXED_LINE_OR_MOBILE"
        case .fixedLine: "FIXED_LINE"
        case .mobile: "MOBILE"
        case .unknown: "UNKNOWN"
        }
    }
}

extension Possibility {
    fileprivate var fieldName: String {
        switch self {
        case .possible: "IS_POSSIBLE"
        case .possibleLocally: "IS_POSSIBLE_LOCAL_ONLY"
        case .tooShort: "TOO_SHORT"
        case .tooLong: "TOO_LONG"
        case .invalidLength: "INVALID_LENGTH"
        }
    }
}

extension PhoneNumberError.Code {
    fileprivate var fieldName: String {
        switch self {
        case .invalidCountryCode: "INVALID_COUNTRY_CODE"
        case .tooShortAfterIDD: "TOO_SHORT_AFTER_IDD"
        case .tooShortNSN: "TOO_SHORT_NSN"
        case .tooLong: "TOO_LONG"
        // Also what has a code of its own here, such as nothing at all: the programs this is compared with have five.
        default: "NOT_A_NUMBER"
        }
    }
}

// MARK: Standard streams

/// Lines of standard input, read in large pieces.
private struct LineReader {
    private var buffer: [UInt8] = []
    private var start = 0
    private var atEnd = false
    private(set) var lineNumber = 0
    private(set) var failed = false

    /// The next line without its line feed; nil after the last.
    mutating func next() -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let feed = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = feed + 1 }
                lineNumber += 1
                return buffer[start..<feed]
            }
            searched = buffer.count
            if atEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                lineNumber += 1
                return buffer[start...]
            }
            searched -= start
            fill()
        }
    }

    private mutating func fill() {
        buffer.removeFirst(start)
        start = 0
        let held = buffer.count
        let piece = 1 << 16
        buffer.append(contentsOf: repeatElement(0, count: piece))
        let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress! + held, piece) }
        buffer.removeLast(piece - max(count, 0))
        if count < 0 && errno == EINTR { return }
        failed = count < 0
        atEnd = count <= 0
    }
}

enum StandardOutput {
    static func write(_ bytes: [UInt8]) { writeAll(bytes, to: STDOUT_FILENO) }
}

enum StandardError {
    static func write(_ text: String) { writeAll(Array(text.utf8), to: STDERR_FILENO) }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
        var remaining = buffer[...]
        while !remaining.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: remaining)
            #if canImport(Darwin)
                let count = Darwin.write(descriptor, piece.baseAddress, piece.count)
            #elseif canImport(Musl)
                let count = Musl.write(descriptor, piece.baseAddress, piece.count)
            #else
                let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                // Whoever read the output has gone.
                exit(1)
            }
            remaining = remaining.dropFirst(count)
        }
    }
}
