#if SMPP
    import CryptoPrimitives
    import Messaging
    import NIOCore
    import PhoneIdentityTesting
    import Testing

    @testable import SMPPTransport

    extension SMPPTransportTests {
        /// The suite for hosts' own transports, on this one.
        @Suite struct Conformance {
            @Test(arguments: SMPPSettings.LongMessages.allCases)
            func `It keeps the contract, however long messages travel`(_ longMessages: SMPPSettings.LongMessages) async throws {
                let centre = try await ScriptedCentre()
                var settings = SMPPSettings(centre)
                settings.longMessages = longMessages
                try await MessageTransportConformance(try SMPPGateway(settings)) { try centre.arrivals }.run()
            }
        }
    }

    extension ScriptedCentre {
        /// The messages that it took, in the order of their last parts; of several parts once all are there.
        fileprivate var arrivals: [MessageTransportConformance.Arrival] {
            get throws {
                var open: [String: [UInt8: ByteBuffer]] = [:]
                return try submitted.compactMap { message in
                    var text = message.text
                    var part = Concatenation(message.parameters)
                    if message.esmClass & 0x40 != 0 { part = try Concatenation.read(&text) }
                    let recipient = "+" + String(buffer: message.destination.octets)
                    if let part {
                        let name = "\(recipient) \(part.reference) \(part.total)"
                        open[name, default: [:]][part.number] = text
                        guard let parts = open[name], parts.count == Int(part.total) else { return nil }
                        open[name] = nil
                        text = ByteBuffer()
                        for number in 1...part.total {
                            if var next = parts[number] { text.writeBuffer(&next) }
                        }
                    }
                    guard let coding = InboundText.Coding(message.dataCoding, alphabet: .gsm7) else { return nil }
                    return .init(
                        recipient: recipient,
                        text: InboundText.withUTF8(SecretBytes(copying: text), coding) { String(decoding: $0, as: UTF8.self) })
                }
            }
        }
    }
#endif
