#if Tool
    /// Other people's text for a terminal: what would move the cursor, turn the direction of writing or stand there unseen is shown as
    /// `<U+202E>`, so that nobody's words can pass for the tool's.
    enum VisibleText {
        /// Columns of a quoted line.
        private static let width = 72
        /// Marks that may stand on one character; more would cover the lines around it.
        private static let markLimit = 3

        /// On one line.
        static func line(_ text: String) -> String { pieces(of: text).map(\.text).joined() }

        /// Line by line behind a bar, wrapped here: where a terminal wraps, a line would begin like one of the tool's own.
        static func quoted(_ text: String) -> String {
            var lines: [String] = []
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                var (current, columns) = ("", 0)
                for piece in pieces(of: String(line)) {
                    if columns + piece.columns > width {
                        lines.append(current)
                        (current, columns) = ("", 0)
                    }
                    current += piece.text
                    columns += piece.columns
                }
                lines.append(current)
            }
            return lines.map { "  | \($0)\n" }.joined()
        }

        private static func pieces(of text: String) -> [(text: String, columns: Int)] {
            var marks = 0
            return text.unicodeScalars.map { scalar in
                marks = isMark(scalar) ? marks + 1 : 0
                guard isPlain(scalar), marks <= markLimit else {
                    let escaped = "<U+" + padded(scalar.value) + ">"
                    return (escaped, escaped.utf8.count)
                }
                // Counted as wide rather than as narrow where it could be either.
                return (String(scalar), scalar.value < 0x1100 ? 1 : 2)
            }
        }

        private static func padded(_ value: UInt32) -> String {
            let digits = String(value, radix: 16, uppercase: true)
            return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }

        private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark: true
            default: false
            }
        }

        private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isBidiControl { return false }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
            default: return true
            }
        }
    }
#endif
