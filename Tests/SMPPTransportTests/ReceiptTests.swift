#if SMPP
    import CryptoPrimitives
    import Messaging
    import NIOCore
    import RecordStorage
    import Testing

    @testable import SMPPTransport

    extension SMPPTransportTests {
        @Suite struct Receipts {
            /// Text of a receipt; name, state and error that are read.
            static let texts: [(String, String?, String?, String?)] = [
                (
                    "id:0123456789 sub:001 dlvrd:001 submit date:0603011200 done date:0603011201 stat:DELIVRD err:000 text:stat:EXPIRED id:9",
                    "0123456789", "DELIVRD", "000"
                ),
                ("id:a-b sub:1 stat:UNDELIV", "a-b", "UNDELIV", nil), ("ID:7 STAT:Expired ERR:01a", "7", "Expired", "01a"),
                ("stat:REJECTD id:8", "8", "REJECTD", nil), ("id: stat:DELIVRD", "", "DELIVRD", nil), ("", nil, nil, nil),
                ("what is this", nil, nil, nil), (":::", nil, nil, nil), ("id:é", "??", nil, nil),
            ]

            @Test(arguments: texts.indices) func `A receipt's text is read in any order, up to the words of the message`(_ index: Int) {
                let (text, id, state, error) = Self.texts[index]
                let read = ReceiptText(ByteBuffer(string: text))
                #expect((read.id, read.state, read.error) == (id, state, error))
            }

            @Test func `The date of a receipt is by the clock that the settings say`() {
                let read = ReceiptText(ByteBuffer(string: "id:1 done date:2602281201 stat:DELIVRD"))
                #expect(read.time(.zero) == Timestamp(milliseconds: 1_772_280_060_000))
                #expect(read.time(.seconds(3_600)) == Timestamp(milliseconds: 1_772_276_460_000))
                #expect(ReceiptText(ByteBuffer(string: "done date:2613281201")).time(.zero) == nil)
                #expect(ReceiptText(ByteBuffer(string: "done date:260228120115")).time(.zero) == Timestamp(milliseconds: 1_772_280_075_000))
            }

            static let states: [(MessageState, NetworkError?, DeliveryReceipt.Status)] = [
                (.enroute, nil, .underWay), (.accepted, nil, .underWay), (.delivered, nil, .delivered), (.expired, nil, .failed(.expired)),
                (.deleted, nil, .failed(.unknown)), (.undeliverable, nil, .failed(.unreachable)), (.unknown, nil, .failed(.unknown)),
                (.rejected, nil, .failed(.filtered)), (.undeliverable, NetworkError(network: 3, code: 1), .failed(.numberInvalid)),
                (.undeliverable, NetworkError(network: 3, code: 11), .failed(.lineTypeUnsupported)),
                (.undeliverable, NetworkError(network: 3, code: 27), .failed(.unreachable)),
                (.rejected, NetworkError(network: 3, code: 13), .failed(.filtered)),
                (.undeliverable, NetworkError(network: 9, code: 1), .failed(.unreachable)),
                (.delivered, NetworkError(network: 3, code: 1), .delivered),
            ]

            @Test(arguments: states.indices) func `Each state, and each error of the network, has its meaning`(_ index: Int) {
                let (state, network, status) = Self.states[index]
                #expect(state.status(network) == status)
                #expect(MessageState(text: state.text) == state)
            }

            private func receipt(_ text: String, _ parameters: [(UInt16, [UInt8])] = [], _ ids: SMPPSettings.ReceiptIDs = .asSubmitted)
                throws
                -> DeliveryReceipt?
            {
                var body = ByteBuffer()
                body.writeCString("")
                for address in [number, "Example"] {
                    body.writeBytes([1, 1])
                    body.writeCString(address)
                }
                body.writeBytes([4, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(text.utf8.count)])
                body.writeString(text)
                for (tag, value) in parameters {
                    body.writeInteger(tag)
                    body.writeInteger(UInt16(value.count))
                    body.writeBytes(value)
                }
                var settings = SMPPSettings(host: "h", port: 1, systemID: "s", password: SMPPPassword(""), sender: SMPPSender(""))
                settings.receiptIDs = ids
                return ReceiptReader(settings).receipt(try ShortMessage(.deliver, body), isIntermediate: false, key: nil)
            }

            @Test func `Parameters count for more than the text`() throws {
                let read = try #require(
                    try receipt(
                        "id:text stat:DELIVRD err:007",
                        [(0x001E, Array("tag\0".utf8)), (0x0427, [5]), (0x0423, [3, 0, 1]), (0x1400, [1, 2, 3])]))
                #expect(read.gatewayID == "tag")
                #expect(read.status == .failed(.numberInvalid))
                #expect(read.providerCode == "UNDELIV.3-1")
                // Without its NUL, and of another width.
                let other = try #require(try receipt("id:text stat:EXPIRED err:007", [(0x001E, Array("tag".utf8)), (0x0427, [0, 5])]))
                #expect((other.gatewayID, other.status, other.providerCode) == ("tag", .failed(.expired), "EXPIRED.007"))
            }

            @Test func `A receipt without a name or a state is none`() throws {
                #expect(try receipt("stat:DELIVRD") == nil)
                #expect(try receipt("id:5") == nil)
                #expect(try receipt("id:5 stat:WHATEVER") == nil)
            }

            @Test func `Names in decimal and in hexadecimal are the same name`() throws {
                #expect(try receipt("id:0000000255 stat:DELIVRD", [], .decimal)?.gatewayID == "255")
                #expect(try receipt("id:00FF stat:DELIVRD", [], .hexadecimal)?.gatewayID == "255")
                #expect(try receipt("id:00FF stat:DELIVRD", [], .asSubmitted)?.gatewayID == "00FF")
                #expect(try receipt("id:a-b stat:DELIVRD", [], .decimal)?.gatewayID == "a-b")
                var settings = SMPPSettings(host: "h", port: 1, systemID: "s", password: SMPPPassword(""), sender: SMPPSender(""))
                settings.receiptIDs = .decimal
                #expect(ReceiptReader(settings).canonical(submitted: "ff") == "255")
            }

            @Test func `A reference settles an unknown outcome only from where the message went, and the oldest are forgotten first`() {
                var unknown = UnknownOutcomes(limit: 3)
                for (index, reference) in [1, 1, 2, 3].enumerated() {
                    unknown.note(MessageTags(key: "key-\(index)", reference: UInt16(reference), recipient: UInt64(index)))
                }
                #expect(unknown.count == 3)
                #expect(unknown.settle(reference: 1, recipient: 0) == nil)
                #expect(unknown.settle(reference: 1, recipient: 9) == nil)
                let first = unknown.settle(reference: 1, recipient: 1)
                #expect(first?.key == "key-1" && first?.isFirst == true)
                #expect(unknown.settle(reference: 1, recipient: 1)?.isFirst == false)
                // Two that cannot be told apart settle neither; the same twice is one.
                unknown.note(MessageTags(key: "key-9", reference: 3, recipient: 3))
                unknown.note(MessageTags(key: "key-9", reference: 3, recipient: 3))
                #expect(unknown.settle(reference: 3, recipient: 3) == nil)
            }

            @Test func `A recipient is the same with and without its country code, and its tag another in another process`() {
                let (key, other) = (TagKey(random: SystemRandomSource()), TagKey(random: SystemRandomSource()))
                func tag(_ text: String, _ key: TagKey) -> UInt64 { Array(text.utf8).withUnsafeBytes { key.recipient($0) } }
                #expect(tag("41446681800", key) == tag("+41446681800", key))
                #expect(tag("41446681800", key) == tag("0446681800", key))
                #expect(tag("41446681800", key) != tag("41446681801", key))
                #expect(tag("41446681800", key) != tag("41446681800", other))
            }
        }
    }
#endif
