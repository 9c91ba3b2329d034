#if SMTP
    /// What is known of an address that may stand in an envelope: never the address.
    ///
    /// A dot-string of at most 64 bytes, `@`, and a domain name, 254 bytes in all (RFC 5321 §4.1.2, §4.5.3.1; RFC 6531 §3.3 for what is not ASCII). No
    /// quoted local part and no address literal: with those an address could hold spaces and brackets, and hardly anybody has one.
    struct MailAddress: Hashable, Sendable {
        /// Whether it may go to a server without SMTPUTF8.
        let isASCII: Bool

        /// - Returns: `nil` where it is none.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard (3...254).contains(bytes.count), let at = bytes.lastIndex(of: 0x40) else { return nil }
            let (local, domain) = (bytes[..<at], bytes[(at + 1)...])
            guard (1...64).contains(local.count), Self.isDotString(local), Self.isDomain(domain), Self.isHarmless(bytes) else { return nil }
            isASCII = bytes.allSatisfy { $0 < 0x80 }
        }

        /// RFC 5322 §3.2.3, with RFC 6532 §3.2.
        private static func isDotString(_ bytes: some Collection<UInt8>) -> Bool {
            bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
                        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
                        }
                    }
            }
        }

        static func isDomain(_ bytes: some Collection<UInt8>) -> Bool {
            (1...253).contains(bytes.count)
                && bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
                    guard (1...63).contains(label.count), label.first != 0x2D, Array(label).last != 0x2D else { return false }
                    return label.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x80...: true
                        default: false
                        }
                    }
                }
        }

        /// UTF-8, and nothing in it that breaks a line, is a space, or turns the direction of what is shown.
        private static func isHarmless(_ bytes: UnsafeRawBufferPointer) -> Bool {
            var decoder = UTF8()
            var iterator = bytes.makeIterator()
            while true {
                switch decoder.decode(&iterator) {
                case .emptyInput: return true
                case .error: return false
                case .scalarValue(let scalar):
                    let properties = scalar.properties
                    if properties.isControl || properties.isWhitespace || properties.generalCategory == .format { return false }
                }
            }
        }
    }
#endif
