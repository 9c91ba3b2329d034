#if SMPP
    import NIOCore
    import Testing

    @testable import SMPPTransport

    extension SMPPTransportTests {
        @Suite struct Codec {
            /// Made by PyPI's smpp.pdu3 0.6, an encoder written elsewhere; the first is the sample of SMPP 3.4 chapter 3 but for the command and the
            /// last four octets.
            static let bind = "0000002f000000090000000000000001534d50503354455354007365637265743038005355424d4954310034000000"
            static let submit =
                "00000047000000040000000000000007434d540005004578616d706c650001013431343436363831383030000000000000010000000b636f646520313233343536020400021234"
            static let ucs2 =
                "00000048000000040000000000000009434d540005004578616d706c650001013431343436363831383030000000000000010008000c043a043e04340020d83dde42020400021234"
            static let header =
                "00000071000000040000000000000008434d54000500" + "4578616d706c65000101" + "343134343636383138303000"
                + "40000000000100000035"
                + "050003340202" + String(repeating: "78", count: 47) + "020400021234"
            static let receipt =
                "000000af00000005000000000000000300010134313434363638313830300001014578616d706c65000400000000000000006669643a613162322d33207375623a30303120646c7672643a303031207375626d697420646174653a3236303130313132303020646f6e6520646174653a3236303130313132303120737461743a44454c49565244206572723a30303020746578743a636f64650204000212340427000105001e0007613162322d3300"
            static let inbound =
                "0000004700000005000000000000000400010134313434363638313830300001014578616d706c65000000000000000000000453544f50020c00020005020e000102020f000101"

            private static var settings: SMPPSettings {
                var settings = SMPPSettings(
                    host: "localhost", port: 1, systemID: "SMPP3TEST", password: SMPPPassword("secret08"), sender: SMPPSender("Example"))
                settings.systemType = "SUBMIT1"
                settings.serviceType = "CMT"
                return settings
            }

            private static func submit(_ text: String) -> [ByteBuffer] {
                let (recipient, text) = (Array(number.utf8), Array(text.utf8))
                return recipient.withUnsafeBytes { recipient in
                    text.withUnsafeBytes {
                        SubmitEncoder(settings).units(to: recipient, text: $0, reference: 0x1234, userReference: 0x1234, validityPeriod: "")
                            ?? []
                    }
                }
            }

            private static func unit(_ text: String) throws -> ProtocolUnit {
                var (assembler, bytes) = (UnitAssembler(), octets(text))
                assembler.append(&bytes)
                return try #require(try assembler.next())
            }

            @Test func `A bind is written as another encoder writes it`() {
                #expect(hexadecimal(BindRequest.bytes(.bindTransceiver, sequence: 1, settings: Self.settings)) == Self.bind)
            }

            @Test func `Messages are written as another encoder writes them`() {
                for (text, sequence, expected) in [
                    ("code 123456", UInt32(7), Self.submit), ("код 🙂", 9, Self.ucs2),
                ] {
                    var units = Self.submit(text)
                    #expect(units.count == 1)
                    units[0].setInteger(sequence, at: SubmitEncoder.sequenceOffset)
                    #expect(hexadecimal(units[0]) == expected)
                }
                var units = Self.submit(String(repeating: "x", count: 200))
                #expect(units.count == 2)
                units[1].setInteger(UInt32(8), at: SubmitEncoder.sequenceOffset)
                #expect(hexadecimal(units[1]) == Self.header)
            }

            @Test func `A receipt is read as it was written elsewhere`() throws {
                let unit = try Self.unit(Self.receipt)
                #expect(unit.command == .deliver && unit.status == .ok && unit.sequence == 3)
                let message = try ShortMessage(.deliver, unit.body)
                #expect(message.source.octets.printableText == number)
                #expect(message.destination.octets.printableText == "Example")
                #expect(message.esmClass == 4)
                #expect(message.parameters.integer(ParameterTag.userMessageReference, as: UInt16.self) == 0x1234)
                #expect(message.parameters.integer(ParameterTag.messageState, as: UInt8.self) == 5)
                // A parameter of another width is none.
                #expect(message.parameters.integer(ParameterTag.messageState, as: UInt16.self) == nil)
            }

            @Test func `An inbound message is read as it was written elsewhere`() throws {
                let message = try ShortMessage(.deliver, Self.unit(Self.inbound).body)
                #expect(message.text.printableText == "STOP")
                let part = try #require(Concatenation(message.parameters))
                #expect((part.reference, part.total, part.number) == (5, 2, 1))
            }

            @Test func `An answer and a nack are written as another encoder writes them`() {
                #expect(hexadecimal(ProtocolUnit(.enquireLink, sequence: 2).bytes) == "00000010000000150000000000000002")
                #expect(hexadecimal(ProtocolUnit(Command.enquireLink.answer, sequence: 2).bytes) == "00000010800000150000000000000002")
                #expect(
                    hexadecimal(ProtocolUnit(.genericNack, status: .invalidCommandID, sequence: 5).bytes)
                        == "00000010800000000000000300000005")
            }

            @Test func `PDUs come out of any cut of the stream`() throws {
                let stream = octets(Self.receipt + Self.inbound + Self.submit)
                for size in 1...stream.readableBytes {
                    var (assembler, rest, found) = (UnitAssembler(), stream, [UInt32]())
                    while rest.readableBytes > 0 {
                        var piece = rest.readSlice(length: min(size, rest.readableBytes)) ?? ByteBuffer()
                        assembler.append(&piece)
                        while let unit = try assembler.next() { found.append(unit.sequence) }
                    }
                    #expect(found == [3, 4, 7])
                    #expect(assembler.heldBytes == 0)
                }
            }

            @Test(arguments: ["0000000f", "00000000", "00010001", "ffffffff", "0000000f00000004"])
            func `A length below a header's or above 64 KiB ends the stream`(_ text: String) {
                var (assembler, bytes) = (UnitAssembler(), octets(text))
                assembler.append(&bytes)
                #expect(throws: Malformed.length) { try assembler.next() }
            }

            @Test func `A body that was cut anywhere is refused, or is one without its last parameters`() throws {
                for vector in [Self.receipt, Self.inbound, Self.submit] {
                    let body = try Self.unit(vector).body
                    let whole = try ShortMessage(.deliver, body)
                    for length in 0..<body.readableBytes {
                        guard let cut = try? ShortMessage(.deliver, #require(body.getSlice(at: body.readerIndex, length: length))) else {
                            continue
                        }
                        #expect(cut.text == whole.text)
                    }
                }
            }

            @Test func `Hostile bytes never crash a decoder`() {
                var random = SplitMix(seed: 7)
                let vectors = [Self.receipt, Self.inbound, Self.submit, Self.header].map { Array(octets($0).readableBytesView) }
                for round in 0..<4_000 {
                    var bytes = vectors[round % vectors.count]
                    for _ in 0...Int(random.next() % 6) {
                        switch random.next() % 3 {
                        case 0: bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                        case 1: bytes.remove(at: Int(random.next() % UInt64(bytes.count)))
                        default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: Int(random.next() % UInt64(bytes.count)))
                        }
                        if bytes.count < 20 { bytes = vectors[0] }
                    }
                    var (assembler, buffer) = (UnitAssembler(), ByteBuffer(bytes: bytes))
                    assembler.append(&buffer)
                    while let unit = try? assembler.next() { read(unit) }
                    read(ProtocolUnit(.deliver, sequence: 1, body: ByteBuffer(bytes: bytes.dropFirst(16))))
                }
            }

            private func read(_ unit: ProtocolUnit) {
                for command in [Command.deliver, .data] {
                    guard let message = try? ShortMessage(command, unit.body) else { continue }
                    _ = ReceiptReader(Self.settings).receipt(message, isIntermediate: false, key: nil)
                    _ = Concatenation(message.parameters)
                    var text = message.text
                    _ = try? Concatenation.read(&text)
                }
            }

            @Test func `Sequence numbers go around, and pass over those in use`() {
                var sequences = SequenceNumbers(after: 0x7FFF_FFFE)
                #expect(sequences.next() == 0x7FFF_FFFF)
                #expect(sequences.next { $0 != 1 } == 2)
            }

            @Test func `Wiping overwrites in place`() {
                var buffer = ByteBuffer(string: "493817")
                let before = buffer.withUnsafeReadableBytes { $0.baseAddress }
                buffer.moveReaderIndex(forwardBy: 2)
                buffer.wipe()
                #expect(buffer.withUnsafeReadableBytes { $0.baseAddress } == before)
                #expect(buffer.readableBytesView.allSatisfy { $0 == 0 } && buffer.readableBytes == 6)
            }
        }
    }

    struct SplitMix: RandomNumberGenerator {
        private var state: UInt64
        init(seed: UInt64) { state = seed }
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
#endif
