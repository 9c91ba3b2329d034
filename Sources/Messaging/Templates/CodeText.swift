import CryptoPrimitives

/// A text with places for a code. The code itself comes in when the text is rendered, into guarded memory.
struct CodeText {
    private enum Piece {
        case words([UInt8])
        case code
        /// Each digit by itself: `4, 9, 3`.
        case spelledCode
    }

    private var pieces: [Piece] = []
    private let brand: String
    private let minutes: String

    init(brand: String, minutes: String) {
        (self.brand, self.minutes) = (brand, minutes)
    }

    /// A call in one piece, for whoever reads it instead of hearing it.
    init(_ script: VoiceScript) {
        self.init(brand: "", minutes: "")
        var isFirst = true
        for part in script.parts {
            switch part {
            case .words(let words):
                append(isFirst ? words : " \(words)")
            case .digits:
                append(" ")
                pieces.append(.spelledCode)
                append(".")
            case .pause: continue
            }
            isFirst = false
        }
    }

    mutating func append(_ words: String) {
        pieces.append(.words(Array(words.utf8)))
    }

    mutating func appendCode() {
        pieces.append(.code)
    }

    /// Fills the marks of sentences and puts them one behind the other, with a space where the language has one.
    mutating func append(sentences: [String?]) {
        var last: String?
        for sentence in sentences {
            guard let sentence else { continue }
            if let last, !last.hasSuffix("。") { append(" ") }
            last = sentence
            // The brand goes in last, so that nothing in it is taken for a mark.
            let (head, tail) = sentence.replacing(mark: "{minutes}", with: minutes).split(at: "{code}")
            append(head.replacing(mark: "{brand}", with: brand))
            guard let tail else { continue }
            appendCode()
            append(tail.replacing(mark: "{brand}", with: brand))
        }
    }

    func rendered(with code: borrowing SecretBytes) -> SecretBytes {
        let digits = code.count
        let count = pieces.reduce(0) { count, piece in
            switch piece {
            case .words(let words): count + words.count
            case .code: count + digits
            case .spelledCode: count + max(0, digits * 3 - 2)
            }
        }
        return SecretBytes(count: count) { target in
            var position = 0
            for piece in pieces {
                let rest = UnsafeMutableRawBufferPointer(rebasing: target[position...])
                switch piece {
                case .words(let words):
                    rest.copyBytes(from: words)
                    position += words.count
                case .code:
                    code.withUnsafeBytes { rest.copyMemory(from: $0) }
                    position += digits
                case .spelledCode:
                    code.withUnsafeBytes { code in
                        for (index, digit) in code.enumerated() {
                            rest[index * 3] = digit
                            guard index < digits - 1 else { break }
                            (rest[index * 3 + 1], rest[index * 3 + 2]) = (0x2C, 0x20)
                        }
                    }
                    position += max(0, digits * 3 - 2)
                }
            }
        }
    }
}

extension String {
    /// With `value` in the place of the first `mark`.
    func replacing(mark: String, with value: String) -> String {
        let (head, tail) = split(at: mark)
        return tail.map { head + value + $0 } ?? self
    }

    /// What stands before and after the first `mark`; all and `nil` without one.
    func split(at mark: String) -> (String, String?) {
        let (bytes, mark) = (Array(utf8), Array(mark.utf8))
        guard bytes.count >= mark.count,
            let at = (0...bytes.count - mark.count).first(where: { bytes[$0..<$0 + mark.count].elementsEqual(mark) })
        else { return (self, nil) }
        return (String(decoding: bytes[..<at], as: UTF8.self), String(decoding: bytes[(at + mark.count)...], as: UTF8.self))
    }
}
