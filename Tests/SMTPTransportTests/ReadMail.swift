#if SMTP
    import Foundation

    /// A message as its reader has it, by other code than what wrote it.
    struct ReadMail {
        var fields: [(name: String, value: String)] = []
        var text = ""

        /// - Parameter data: header and body, CRLF.
        init?(_ data: String) {
            guard let border = data.range(of: "\r\n\r\n") else { return nil }
            for line in data[..<border.lowerBound].components(separatedBy: "\r\n") {
                if line.hasPrefix(" "), !fields.isEmpty {
                    fields[fields.count - 1].value += "\r\n" + line
                } else {
                    guard let colon = line.range(of: ": ") else { return nil }
                    fields.append((String(line[..<colon.lowerBound]), String(line[colon.upperBound...])))
                }
            }
            let body = String(data[border.upperBound...])
            let bytes: Data
            switch self["Content-Transfer-Encoding"] {
            case "base64":
                guard let decoded = Data(base64Encoded: body.replacingOccurrences(of: "\r\n", with: "")) else { return nil }
                bytes = decoded
            case "quoted-printable":
                guard let decoded = Self.quotedPrintable(body) else { return nil }
                bytes = decoded
            default: return nil
            }
            text = String(decoding: bytes, as: UTF8.self)
        }

        subscript(name: String) -> String? {
            let found = fields.filter { $0.name == name }
            return found.count == 1 ? found[0].value : nil
        }

        private static func quotedPrintable(_ body: String) -> Data? {
            var (bytes, rest) = (Data(), Array(body.utf8)[...])
            while let byte = rest.popFirst() {
                guard byte == 0x3D else {
                    bytes.append(byte)
                    continue
                }
                let pair = rest.prefix(2)
                guard pair.count == 2 else { return nil }
                rest = rest.dropFirst(2)
                if Array(pair) == [0x0D, 0x0A] { continue }
                guard let value = UInt8(String(decoding: pair, as: UTF8.self), radix: 16) else { return nil }
                bytes.append(value)
            }
            return bytes
        }

        /// RFC 2047, of words in base64 as this library writes them.
        static func unfold(_ value: String) -> String {
            value.components(separatedBy: "\r\n ").map { word in
                guard word.hasPrefix("=?UTF-8?B?"), word.hasSuffix("?="),
                    let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))
                else { return word }
                return String(decoding: data, as: UTF8.self)
            }.joined()
        }
    }
#endif
