#if SMPP
    import CryptoPrimitives
    import NIOCore
    import RecordStorage
    import Testing

    @testable import SMPPTransport

    extension SMPPTransportTests {
        @Suite struct Inbound {
            private static func deliver(
                _ text: [UInt8], sequence: UInt32, from source: String = number, esmClass: UInt8 = 0, coding: UInt8 = 0
            ) -> ProtocolUnit {
                var body = ByteBuffer()
                body.writeCString("")
                body.writeBytes([1, 1])
                body.writeCString(source)
                body.writeBytes([5, 0])
                body.writeCString("Example")
                body.writeBytes([esmClass, 0, 0, 0, 0, 0, 0, coding, 0, UInt8(text.count)])
                body.writeBytes(text)
                return ProtocolUnit(.deliver, sequence: sequence, body: body)
            }

            private func decoded(_ bytes: [UInt8], _ coding: InboundText.Coding) -> String {
                InboundText.withUTF8(SecretBytes(copying: bytes), coding) { String(decoding: $0, as: UTF8.self) }
            }

            @Test func `Octets are read in their coding, whatever they are`() {
                #expect(decoded([0x00, 0x1B, 0x65, 0x1B, 0x3C, 0x41], .gsm7) == "@€[A")
                #expect(decoded([0x1B, 0x1B, 0x41, 0xFF, 0x1B], .gsm7) == " A?")
                #expect(decoded([0x5A, 0xFC], .latin1) == "Zü")
                #expect(decoded([0x04, 0x3A, 0xD8, 0x3D, 0xDE, 0x42], .ucs2) == "к🙂")
                #expect(decoded([0xD8, 0x3D, 0x00, 0x41, 0xDE, 0x42, 0x00], .ucs2) == "\u{FFFD}A\u{FFFD}")
                #expect(decoded([], .ucs2) == "")
                #expect(decoded([UInt8](repeating: 0x01, count: 5_000), .gsm7).utf8.count == 4_096)
            }

            @Test func `What is no text that we read has no coding`() {
                #expect(InboundText.Coding(4, alphabet: .gsm7) == nil)
                #expect(InboundText.Coding(0xF5, alphabet: .gsm7) == nil)
                #expect(InboundText.Coding(0, alphabet: .latin1) == .latin1)
                #expect(InboundText.Coding(0xF1, alphabet: .latin1) == .gsm7)
            }

            @Test func `What the handler does not take is answered so that it comes again, and has the same name then`() async throws {
                let centre = try await ScriptedCentre()
                let seen = Seen(refusals: 1)
                try await withGateway(SMPPSettings(centre), seen) { _ in
                    for sequence in UInt32(1)...3 {
                        centre.act { $0.send(Self.deliver(Array("STOP".utf8), sequence: sequence)) }
                        try await eventually("it is answered") { centre.units(Command.deliver.answer).count == Int(sequence) }
                    }
                    #expect(centre.units(Command.deliver.answer).map(\.status) == [.temporaryError, .ok, .ok])
                    #expect(seen.texts == ["STOP", "STOP"])
                    // The third is another message with the same words.
                    #expect(seen.names[0] == seen.names[1] && seen.names[1] != seen.names[2])
                }
            }

            @Test func `A long message whose last part was not taken is whole again when that comes again`() async throws {
                let centre = try await ScriptedCentre()
                let seen = Seen(refusals: 1)
                try await withGateway(SMPPSettings(centre), seen) { _ in
                    for (sequence, part) in [(UInt32(1), UInt8(2)), (2, 1), (3, 1)] {
                        centre.act { session in
                            session.send(
                                Self.deliver(
                                    [5, 0, 3, 9, 2, part] + Array(part == 1 ? "Hello ".utf8 : "world".utf8), sequence: sequence,
                                    esmClass: 0x40))
                        }
                        try await eventually("it is answered") { centre.units(Command.deliver.answer).count == Int(sequence) }
                    }
                    #expect(centre.units(Command.deliver.answer).map(\.status) == [.ok, .temporaryError, .ok])
                    #expect(seen.texts == ["Hello world"])
                }
            }

            @Test func `Messages that nobody can answer or read are taken and dropped`() async throws {
                let centre = try await ScriptedCentre()
                let seen = Seen()
                try await withGateway(SMPPSettings(centre), seen) { _ in
                    centre.act { session in
                        session.send(Self.deliver([0x41], sequence: 1, from: "Bank"))
                        session.send(Self.deliver([0x41], sequence: 2, coding: 4))
                        session.send(Self.deliver([0x41], sequence: 3, esmClass: 0x08))
                        session.send(Self.deliver([9, 0, 3], sequence: 4, esmClass: 0x40))
                        session.send(Self.deliver(Array("stat:DELIVRD".utf8), sequence: 5, esmClass: 0x04))
                    }
                    try await eventually("all are answered") { centre.units(Command.deliver.answer).count == 5 }
                    #expect(centre.units(Command.deliver.answer).map(\.status) == [.ok, .ok, .ok, .permanentError, .ok])
                    #expect(seen.texts.isEmpty && seen.receipts.isEmpty)
                    for name in ["inbound-unanswerable", "inbound-binary", "inbound-unreadable", "receipt-unreadable"] {
                        #expect(seen.count(name) == 1, "\(name)")
                    }
                }
            }

            private func name(_ reference: UInt16, total: UInt8 = 2) -> InboundAssembly.Name {
                InboundAssembly.Name(tag: Bytes16(high: 0, low: 0), reference: reference, total: total)
            }

            private func text(_ whole: consuming SecretBytes?) -> String? {
                switch consume whole {
                case .some(let whole): whole.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                case .none: nil
                }
            }

            @Test func `Parts in any order and more than once make one message`() {
                var assembly = InboundAssembly()
                let now = NIODeadline.now()
                #expect(text(assembly.add(ByteBuffer(string: "b"), 2, of: name(1), now: now)) == nil)
                #expect(text(assembly.add(ByteBuffer(string: "x"), 2, of: name(1), now: now)) == nil)
                #expect(text(assembly.add(ByteBuffer(string: "c"), 2, of: name(2), now: now)) == nil)
                #expect(text(assembly.add(ByteBuffer(string: "a"), 1, of: name(1), now: now)) == "ab")
                assembly.close(name(1))
                #expect(assembly.count == 1)
            }

            @Test func `Messages that stay incomplete are given up, by their number and by their age`() {
                var assembly = InboundAssembly(limit: 10, patience: .seconds(60))
                let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
                for reference in UInt16(0)..<15 { _ = text(assembly.add(ByteBuffer(string: "a"), 1, of: name(reference), now: start)) }
                #expect((assembly.count, assembly.dropped) == (10, 5))
                _ = text(assembly.add(ByteBuffer(string: "a"), 1, of: name(99), now: start + .seconds(60)))
                #expect((assembly.count, assembly.dropped) == (1, 15))
                // A message that was closed leaves its place in the order; one of the same name that came later is not dropped for it.
                assembly.close(name(99))
                _ = text(assembly.add(ByteBuffer(string: "a"), 1, of: name(99), now: start + .seconds(119)))
                _ = text(assembly.add(ByteBuffer(string: "a"), 1, of: name(98), now: start + .seconds(121)))
                #expect((assembly.count, assembly.dropped) == (2, 15))
            }

            @Test func `What is held of incomplete messages has a bound in octets too`() {
                var assembly = InboundAssembly(limit: 10_000)
                let now = NIODeadline.now()
                let part = ByteBuffer(repeating: 0x61, count: InboundAssembly.longestPart)
                for reference in UInt16(0)..<5_000 { _ = text(assembly.add(part, 1, of: name(reference), now: now)) }
                #expect(assembly.count == InboundAssembly.octetLimit / InboundAssembly.longestPart)
                #expect(assembly.count + assembly.dropped == 5_000)
            }

            @Test func `The same words are a repetition only where their answer cannot have arrived`() {
                var (names, drawn) = (InboundNames(limit: 2), 0)
                let (start, content) = (NIODeadline.uptimeNanoseconds(1), Bytes16(high: 0, low: 0))
                func name(_ connection: UInt64, after: TimeAmount = .zero, open: Set<UInt64>) -> String {
                    names.name(content, by: connection, now: start + after, isOpen: { open.contains($0) }) {
                        drawn += 1
                        return "\(drawn)"
                    }
                }
                #expect(name(1, open: [1]) == "1")
                #expect(name(1, open: [1]) == "1")
                names.answered(content)
                #expect(name(1, open: [1]) == "2")
                names.answered(content)
                // The answer may be lost with its connection.
                #expect(name(2, open: [2]) == "2")
                names.answered(content)
                #expect(name(3, after: .hours(2), open: [3]) == "3")
            }
        }
    }
#endif
