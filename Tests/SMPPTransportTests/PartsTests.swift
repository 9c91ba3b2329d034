#if SMPP
    import NIOCore
    import Testing

    @testable import Messaging
    @testable import SMPPTransport

    extension SMPPTransportTests {
        @Suite struct Parts {
            private func cut(
                _ text: String, _ alphabet: SMPPSettings.Alphabet = .gsm7, _ way: SMPPSettings.LongMessages = .header8
            ) -> (MessageParts, [[UInt8]]) {
                Array(text.utf8).withUnsafeBytes { text in
                    let parts = parts(of: text, alphabet: alphabet, longMessages: way)
                    return (
                        parts,
                        parts.ranges.indices.map { index in
                            var buffer = ByteBuffer()
                            parts.write(index, of: text, to: &buffer)
                            return Array(buffer.readableBytesView)
                        }
                    )
                }
            }

            private static func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

            /// Text, way, octets of each part. 3GPP TS 23.040 §9.2.3.24.1.
            static let borders: [(String, SMPPSettings.LongMessages, [Int])] = [
                ("", .header8, [0]), (times("a", 160), .header8, [160]), (times("a", 161), .header8, [153, 8]),
                (times("a", 306), .header8, [153, 153]), (times("a", 307), .header8, [153, 153, 1]),
                (times("a", 161), .header16, [152, 9]),
                (times("a", 161), .payload, [161]), (times("€", 80), .header8, [160]), (times("€", 81), .header8, [152, 10]),
                ("a" + times("€", 80), .header8, [153, 8]), (times("я", 70), .header8, [140]), (times("я", 71), .header8, [134, 8]),
                (times("я", 71), .header16, [132, 10]), (times("🙂", 35), .header8, [140]), (times("🙂", 36), .header8, [132, 12]),
            ]

            @Test(arguments: borders.indices) func `A text is cut where its header leaves room, never inside of a character`(_ index: Int) {
                let (text, way, lengths) = Self.borders[index]
                #expect(cut(text, .gsm7, way).1.map(\.count) == lengths)
            }

            @Test func `Every character of the default alphabet and its extension goes there and back`() {
                for octet in UInt8(0)..<128 where octet != GSM7.escape {
                    let scalar = GSM7.scalar(of: octet, isEscaped: false)
                    #expect(GSM7.septet(of: scalar)?.septet == octet)
                }
                for scalar in "\u{0C}^{}\\[~]|€".unicodeScalars {
                    let found = GSM7.septet(of: scalar)
                    #expect(found?.isEscaped == true)
                    #expect(found.map { GSM7.scalar(of: $0.septet, isEscaped: true) } == scalar)
                }
                for scalar in "çÀ`ŷ\u{1B}\0🙂".unicodeScalars { #expect(GSM7.septet(of: scalar) == nil) }
            }

            @Test func `A character that the alphabet or GSM lacks makes it UCS-2`() {
                #expect(cut("Zürich", .gsm7).0.coding == .gsm7)
                #expect(cut("Zürich", .latin1).0.coding == .latin1)
                #expect(cut("Zürich", .ascii).0.coding == .ucs2)
                #expect(cut("Δ", .latin1).0.coding == .ucs2)
                #expect(cut("ç", .latin1).0.coding == .ucs2)
                #expect(cut("abc", .ucs2).0.coding == .ucs2)
                #expect(cut("Zürich", .latin1).1 == [[0x5A, 0xFC, 0x72, 0x69, 0x63, 0x68]])
            }

            @Test func `Octets that are no UTF-8 become replacement characters`() {
                let text: [UInt8] = [0x61, 0xFF, 0xC3, 0xE2, 0x82, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80]
                text.withUnsafeBytes { text in
                    var (position, scalars) = (0, [UInt32]())
                    while position < text.count { scalars.append(UTF8Text.next(in: text, &position).value) }
                    #expect(scalars.first == 0x61)
                    #expect(scalars.dropFirst().allSatisfy { $0 == 0xFFFD })
                }
            }

            @Test(
                arguments: [
                    ("Example", 5, 0, "Example"), ("12345", 3, 0, "12345"), ("+41791234567", 1, 1, "41791234567"),
                    ("41791234567", 1, 1, "41791234567"), ("", 0, 0, ""), ("1-2", 5, 0, "1-2"),
                ] as [(String, UInt8, UInt8, String)])
            func `A sender's type follows from what it looks like`(_ text: String, _ type: UInt8, _ plan: UInt8, _ address: String) {
                let sender = SMPPSender(text)
                #expect((sender.typeOfNumber, sender.numberingPlan, sender.address) == (type, plan, address))
            }
        }
    }
#endif
