#if Tool
    import RecordStorage

    /// One line of JSON, for scripts.
    struct JSONLine {
        indirect enum Value {
            case text(String)
            case number(Int)
            case bool(Bool)
            case list([Value])
            case object([(String, Value)])

            var encoded: String {
                switch self {
                case .text(let text): JSONLine.quoted(text)
                case .number(let number): String(number)
                case .bool(let isTrue): isTrue ? "true" : "false"
                case .list(let values): "[" + values.map(\.encoded).joined(separator: ",") + "]"
                case .object(let fields):
                    "{" + fields.map { "\(JSONLine.quoted($0.0)):\($0.1.encoded)" }.joined(separator: ",") + "}"
                }
            }
        }

        private let fields: [(String, Value)]

        init(_ fields: (String, Value)...) { self.fields = fields }

        init(_ fields: [(String, Value)]) { self.fields = fields }

        func write() { StandardOutput.write(Array((Value.object(fields).encoded + "\n").utf8)) }

        static func quoted(_ text: String) -> String {
            var quoted = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"", "\\": quoted += "\\\(scalar)"
                case _ where scalar.value < 0x20: quoted += "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
                default: quoted.unicodeScalars.append(scalar)
                }
            }
            return quoted + "\""
        }
    }
#endif
