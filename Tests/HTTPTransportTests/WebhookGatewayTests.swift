#if HTTP
    import CryptoPrimitives
    import Foundation
    import GatewayHTTP
    import IdentityTypes
    import RecordStorage
    import Testing

    @testable import Messaging
    @testable import WebhookTransport

    private let sending = "auth-token-0123456789-auth-token-0123456789"
    private let receiving = "another-token-9876543210-another-token-9876543210"

    private func gateway(
        _ address: String, clock: any TimeSource = SetClock(), _ change: (inout WebhookSettings) -> Void = { _ in }
    ) -> WebhookGateway {
        var settings = WebhookSettings(
            url: address + "/messages", sendingSecrets: [GatewaySecret(sending)], receivingSecrets: [GatewaySecret(receiving)],
            channels: Set(OutboundMessage.Channel.allCases))
        change(&settings)
        return WebhookGateway(settings, time: clock)
    }

    private func hexadecimal(_ text: [UInt8], _ secret: String) -> String {
        let signature = HMACSHA256.sign(text, key: GatewaySecret(secret).bytes)
        return signature.withUnsafeBytes { Hexadecimal.encode($0) }
    }

    private func object(_ bytes: [UInt8]) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    @Suite("Messages through an adapter") struct WebhookSendingTests {
        @Test(
            "a message goes out as JSON, signed by each secret over time and body, under its own name",
            arguments: [
                words, "Zürich \"493817\" \\ \u{1}\n🔐", "رمزك هو 493817",
            ])
        func text(_ text: String) async throws {
            let (peer, clock) = (try LoopbackPeer(.status(200, #"{"id":"m-1"}"#)), SetClock())
            let gateway = gateway(peer.address, clock: clock) {
                $0.sendingSecrets.append(GatewaySecret("a-third-secret-that-is-long-enough-for-it"))
            }
            let receipt = try await gateway.send(try message(text))
            #expect(receipt == MessageReceipt(route: "webhook", gatewayIDs: ["m-1"]))
            let request = try #require(peer.requests.first)
            #expect(request.line == "POST /messages HTTP/1.1")
            #expect(request.headers["idempotency-key"] == messageName)
            #expect(
                try object(request.body) == [
                    "id": messageName, "channel": "sms", "purpose": "verification", "language": "de-CH", "to": "+\(number)", "text": text,
                    "code": code,
                ])
            let signed = Array("\(clock.now().seconds).".utf8) + request.body
            #expect(
                request.headers["spni-signature"]
                    == "t=\(clock.now().seconds),v1=\(hexadecimal(signed, sending)),v1=\(hexadecimal(signed, "a-third-secret-that-is-long-enough-for-it"))"
            )
        }

        @Test("calls carry their script, e-mails address and subject")
        func channels() async throws {
            let peer = try LoopbackPeer(.status(200, #"{"ids":["m-1","m-2"],"price":52000}"#))
            let gateway = gateway(peer.address)
            let receipt = try await gateway.send(try message(channel: .voice))
            #expect(receipt == MessageReceipt(route: "webhook", gatewayIDs: ["m-1", "m-2"], price: Money(micros: 52_000)))
            _ = try await gateway.send(try message(channel: .email, code: nil))
            let bodies = try peer.requests.map { try object($0.body) }
            #expect(
                bodies[0]["script"] as? NSDictionary == [
                    "prompt": script.prompt, "repeats": 2,
                    "parts": [["words": "Ihr Code bei \"Müller & <Söhne>\" ist"], ["pause": 500], ["digits": 700]] as [Any],
                ])
            #expect(bodies[1]["to"] as? String == "somebody@example.com" && bodies[1]["subject"] as? String == "Your code")
            #expect(bodies[1]["code"] == nil)
        }

        @Test("each answer means what the format says", arguments: AnswerVector.all("webhook-answers"))
        func answers(_ vector: AnswerVector) async throws {
            let peer = try LoopbackPeer(vector.answer)
            try await vector.check(gateway(peer.address))
        }

        @Test("the file of answers is there") func answersAreThere() { #expect(AnswerVector.all("webhook-answers").count > 12) }

        @Test("a message that is repeated has the same name, and one that the adapter has already counts as taken")
        func repeated() async throws {
            let peer = try LoopbackPeer(.status(500), .status(409))
            let gateway = gateway(peer.address)
            #expect(gateway.capabilities.refusesRepeats)
            let message = try message()
            #expect(try await refusal { try await gateway.send(message) }.code == .maybeSent)
            #expect(try await gateway.send(message) == MessageReceipt(route: "webhook", gatewayIDs: [messageName]))
            #expect(peer.requests.map { $0.headers["idempotency-key"] } == [messageName, messageName])
        }

        @Test("nothing that prints shows a secret")
        func silence() {
            let gateway = gateway("https://adapter.example")
            #expect(isSilent(gateway) && isSilent(gateway.settings))
        }
    }

    @Suite("What an adapter sends back") struct WebhookEventTests {
        private let clock = SetClock()

        private func signed(_ body: String, at seconds: Int64? = nil, secret: String = receiving) -> WebhookRequest {
            let (body, seconds) = (Array(body.utf8), seconds ?? clock.now().seconds)
            let header = "t=\(seconds),v1=\(hexadecimal(Array("\(seconds).".utf8) + body, secret))"
            return WebhookRequest(url: "https://host.example/events", headers: [("SPNI-Signature", header)], body: body)
        }

        private struct Example: Decodable {
            let secret: String
            let seconds: Int64
            let body: String
            let header: String
        }

        @Test("the example in the documentation is signed as it says")
        func documented() throws {
            let example = try vectors("webhook-signature", as: Example.self)
            let body = SecretText { $0.text(example.body) }
            let time = Timestamp(milliseconds: example.seconds * 1_000)
            #expect(WebhookSignature.value(of: body, at: time, [GatewaySecret(example.secret)]) == example.header)
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let text = try String(contentsOf: root.appendingPathComponent("Documentation/Gateways.md"), encoding: .utf8)
            for piece in [example.secret, example.body, example.header] { #expect(text.contains(piece)) }
        }

        private let receipts = """
            {"events":[{"type":"receipt","id":"m-1","status":"under-way"},{"type":"receipt","id":"m-2","status":"delivered","time":1899999999,\
            "message":"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5-1"},{"type":"receipt","id":"m-3","status":"failed","cause":"opted-out","code":"E-7"}]}
            """

        @Test("receipts and messages come out as they were said")
        func events() throws {
            let gateway = gateway("https://adapter.example", clock: clock)
            #expect(
                try gateway.events(from: signed(receipts)).map(\.receipt) == [
                    DeliveryReceipt(route: "webhook", gatewayID: "m-1", status: .underWay),
                    DeliveryReceipt(
                        route: "webhook", gatewayID: "m-2", status: .delivered, idempotencyKey: messageName,
                        time: Timestamp(milliseconds: 1_899_999_999_000)),
                    DeliveryReceipt(route: "webhook", gatewayID: "m-3", status: .failed(.optedOut), providerCode: "E-7"),
                ])
            let inbound = #"{"events":[{"type":"inbound","id":"i-1","from":"+\#(number)","to":"77","text":"STOP 🙂","channel":"whatsapp"}]}"#
            let message = try #require(try gateway.events(from: signed(inbound)).first?.inbound)
            #expect(message.channel == .whatsapp && message.sender == "77" && message.gatewayID == "i-1")
            #expect(message.content == [number, "STOP 🙂"])
        }

        @Test("what is not signed by the right secret, within five minutes, or says what no adapter says, is refused")
        func strangers() async throws {
            let gateway = gateway("https://adapter.example", clock: clock)
            let (now, right) = (clock.now().seconds, signed(receipts))
            let header = right.headers[0].value
            func with(_ header: String) -> WebhookRequest {
                WebhookRequest(url: right.url, headers: [("SPNI-Signature", header)], body: right.body)
            }
            let strangers = [
                signed(receipts, secret: sending), signed(receipts, at: now - 301), signed(receipts, at: now + 301),
                signed(receipts, at: .max), signed(receipts, at: .min), with(""), with("t=1"), with(header + ",t=2"),
                with(header + ",v2=00"),
                with(header.replacingOccurrences(of: "t=", with: "t=0")), with(String(header.dropLast(2))),
                WebhookRequest(method: "GET", url: right.url, headers: right.headers, body: right.body),
                WebhookRequest(url: right.url, headers: [], body: right.body),
                WebhookRequest(url: right.url, headers: right.headers, body: right.body + [0x20]),
                signed("{}"), signed("[]"), signed(#"{"events":[{}]}"#), signed(#"{"events":[{"type":"other","id":"x"}]}"#),
                signed(#"{"events":[{"type":"receipt","id":"","status":"delivered"}]}"#),
                signed(#"{"events":[{"type":"receipt","id":"x","status":"gone"}]}"#),
            ]
            for stranger in strangers { #expect(try await refusal { try gateway.events(from: stranger) }.code == .eventRefused) }
            for index in header.utf8.indices {
                let offset = header.utf8.distance(from: header.utf8.startIndex, to: index)
                var changed = Array(header.utf8)
                changed[offset] = changed[offset] == 0x30 ? 0x31 : 0x30
                #expect(
                    try await refusal { try gateway.events(from: with(String(decoding: changed, as: UTF8.self))) }.code == .eventRefused)
            }
            #expect(try gateway.events(from: signed(receipts, at: now - 300)).count == 3)
            #expect(try gateway.events(from: right).count == 3)
        }

        @Test("the adapter learns when a message is of no use any more")
        func expires() async throws {
            let peer = try LoopbackPeer(.status(200, #"{"id":"one"}"#))
            let end = clock.now() + .seconds(90)
            for expiresAt in [end, nil] { _ = try await gateway(peer.address, clock: clock).send(try message(expiresAt: expiresAt)) }
            let said = try peer.requests.map {
                (try JSONSerialization.jsonObject(with: Data($0.body)) as? [String: Any])?["expires"] as? Int64
            }
            #expect(said == [end.seconds, nil])
        }

        @Test("a repeat is not acknowledged while the first is handled, whose handling may fail")
        func underWay() async throws {
            let gateway = gateway("https://adapter.example", clock: clock)
            let (handler, request) = (WaitingHandler(), signed(receipts))
            let first = Task { try await gateway.receive(request, handler) }
            await handler.wasAsked()
            #expect(try await refusal { try await gateway.receive(request, handler) }.code == .eventUnderWay)
            handler.fail()
            await #expect(throws: CocoaError.self) { try await first.value }
            let keeping = KeepingHandler(failing: 0)
            for _ in 0..<2 { try await gateway.receive(request, keeping) }
            #expect(keeping.events.count == 3)
        }

        @Test(
            "the same request a second time means nothing more, and what could not be handled may come again; both secrets are good meanwhile"
        )
        func replay() async throws {
            let gateway = gateway("https://adapter.example", clock: clock) {
                $0.receivingSecrets.append(GatewaySecret("a-third-secret-that-is-long-enough-for-it"))
            }
            let handler = KeepingHandler(failing: 1)
            let request = signed(receipts)
            await #expect(throws: CocoaError.self) { try await gateway.receive(request, handler) }
            // One that cannot be handled keeps none of the others away.
            #expect(handler.events.count == 2)
            try await gateway.receive(request, handler)
            try await gateway.receive(request, handler)
            clock.advance(seconds: 299)
            try await gateway.receive(request, handler)
            #expect(handler.events.count == 5)
            try await gateway.receive(signed(receipts, secret: "a-third-secret-that-is-long-enough-for-it"), handler)
            #expect(handler.events.count == 8)
        }
    }
#endif
