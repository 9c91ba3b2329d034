#if HTTP
    import CryptoPrimitives
    import Foundation
    import GatewayHTTP
    import RecordStorage
    import Testing

    @testable import Messaging
    @testable import VonageTransport

    private let secret = "auth-token-0123456789"

    /// A gateway with texts and WhatsApp whose API is at an address of this machine.
    private func gateway(
        _ address: String, clock: any TimeSource = SetClock(), _ change: (inout VonageSettings) -> Void = { _ in }
    ) -> VonageGateway {
        var settings = VonageSettings(
            credentials: .apiKey("abcd1234", secret: GatewaySecret("another-token-9876543210")), signatureSecrets: [GatewaySecret(secret)])
        settings.from = "Example"
        settings.whatsApp = .init(from: "14157386102", template: "sign_in", languages: ["en", "de", "pt_BR"])
        settings.statusURL = "https://host.example/vonage"
        settings.signedAPIKey = "abcd1234"
        settings.address = address
        change(&settings)
        return VonageGateway(settings, time: clock)
    }

    /// Calls too, under an application whose key a program from elsewhere has made.
    private func calling(_ address: String, clock: any TimeSource = SetClock(), _ key: String) -> VonageGateway {
        gateway(address, clock: clock) { settings in
            settings.credentials = .application(id: "aaaaaaaa-bbbb-cccc-dddd-0123456789ab", privateKey: GatewaySecret(key))
            settings.voice = .init(
                from: "14157386103", answerURL: "https://host.example/voice", seal: GatewaySecret("another-token-9876543210"))
        }
    }

    private let accepted = LoopbackPeer.Answer.status(202, #"{"message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab"}"#)

    private func object(_ bytes: [UInt8]) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    @Suite("Messages through Vonage") struct VonageSendingTests {
        @Test(
            "a text goes out as Vonage documents it, whatever it says",
            arguments: [
                words, "Zürich: 493817 + 50 % & more = ?;/#\"'\\", "認証コードは 493817 です。🔐", "two\nlines\r\n\tand a tab\u{1}", "رمزك هو 493817",
            ])
        func text(_ text: String) async throws {
            let peer = try LoopbackPeer(accepted)
            let receipt = try await gateway(peer.address).send(try message(text))
            #expect(receipt == MessageReceipt(route: "vonage", gatewayIDs: ["aaaaaaaa-bbbb-cccc-dddd-0123456789ab"]))
            let request = try #require(peer.requests.first)
            #expect(request.line == "POST /v1/messages HTTP/1.1")
            #expect(request.headers["content-type"] == "application/json")
            #expect(
                request.headers["authorization"] == "Basic \(Data("abcd1234:another-token-9876543210".utf8).base64EncodedString())")
            #expect(
                try object(request.body)
                    == [
                        "message_type": "text", "channel": "sms", "to": number, "from": "Example", "text": text, "client_ref": messageName,
                        "webhook_version": "v1", "webhook_url": "https://host.example/vonage", "ttl": 600,
                        "sms": ["encoding_type": "auto"],
                    ])
        }

        @Test(
            "by WhatsApp the code alone goes out, in the words and the button of a template in the person's language",
            arguments: [
                ("de-CH", "de"), ("pt-BR", "pt_BR"), ("ja", "en"),
            ])
        func whatsApp(_ language: String, _ expected: String) async throws {
            let peer = try LoopbackPeer(accepted)
            _ = try await gateway(peer.address).send(try message(channel: .whatsapp, language: language))
            let body = try object(try #require(peer.requests.first).body)
            #expect(body["channel"] as? String == "whatsapp" && body["message_type"] as? String == "custom")
            let parameters: [Any] = [["type": "text", "text": code]]
            #expect(
                body["custom"] as? NSDictionary
                    == [
                        "type": "template",
                        "template": [
                            "name": "sign_in", "language": ["policy": "deterministic", "code": expected],
                            "components": [
                                ["type": "body", "parameters": parameters],
                                ["type": "button", "sub_type": "url", "index": "0", "parameters": parameters],
                            ],
                        ] as [String: Any],
                    ])
            #expect(body["text"] == nil)
        }

        @Test("each answer means what Vonage documents, and none of it is told but the code", arguments: AnswerVector.all("vonage-answers"))
        func answers(_ vector: AnswerVector) async throws {
            let peer = try LoopbackPeer(vector.answer)
            try await vector.check(gateway(peer.address))
            #expect(peer.requests.count == 1, "it was repeated")
        }

        @Test("the file of answers is there") func answersAreThere() { #expect(AnswerVector.all("vonage-answers").count > 6) }

        @Test("without an application there are no calls, and nothing is sent")
        func unsupported() async throws {
            let peer = try LoopbackPeer(accepted)
            let gateway = gateway(peer.address)
            #expect(gateway.capabilities.channels == [.sms, .whatsapp])
            #expect(try await refusal { try await gateway.send(try message(channel: .voice)) }.code == .unsupported)
            #expect(try await refusal { try await gateway.send(try message(channel: .email)) }.code == .unsupported)
            #expect(peer.connections == 0)
            #expect(isSilent(gateway) && isSilent(gateway.settings))
        }

        @Test("a call is asked for under a token that the application's key signed, says no code, and says it after a key press")
        func call() async throws {
            let (clock, folder) = (SetClock(), try TestFolder())
            try await folder.run(
                "openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", folder.file("key.pem"))
            try await folder.run("openssl", "pkey", "-in", folder.file("key.pem"), "-pubout", "-out", folder.file("public.pem"))
            let peer = try LoopbackPeer(
                .status(201, #"{"uuid":"63f61863-4a51-4f6b-86e1-46edebcf9356","status":"started","direction":"outbound"}"#))
            let gateway = calling(peer.address, clock: clock, try String(contentsOfFile: folder.file("key.pem"), encoding: .utf8))
            let receipt = try await gateway.send(try message(channel: .voice))
            #expect(receipt.gatewayIDs == ["63f61863-4a51-4f6b-86e1-46edebcf9356"])
            let request = try #require(peer.requests.first)
            #expect(request.line == "POST /v1/calls HTTP/1.1")

            // The token, as openssl sees it.
            let header = try #require(request.headers["authorization"])
            #expect(header.hasPrefix("Bearer "))
            let pieces = header.dropFirst(7).split(separator: ".")
            let (head, claims) = (
                try object(try #require(Base64URL.decode(pieces[0]))), try object(try #require(Base64URL.decode(pieces[1])))
            )
            #expect(head == ["alg": "RS256", "typ": "JWT"])
            #expect(claims["application_id"] as? String == "aaaaaaaa-bbbb-cccc-dddd-0123456789ab")
            #expect(claims["iat"] as? Int64 == clock.now().seconds && claims["exp"] as? Int64 == clock.now().seconds + 300)
            try Data("\(pieces[0]).\(pieces[1])".utf8).write(to: URL(fileURLWithPath: folder.file("signed")))
            try Data(try #require(Base64URL.decode(pieces[2]))).write(to: URL(fileURLWithPath: folder.file("signature")))
            try await folder.run(
                "openssl", "dgst", "-sha256", "-verify", folder.file("public.pem"), "-signature", folder.file("signature"),
                folder.file("signed"))

            // The call.
            #expect(!String(decoding: request.bytes, as: UTF8.self).contains(code))
            let body = try object(request.body)
            #expect(body["to"] as? NSArray == [["type": "phone", "number": number]])
            #expect(body["event_url"] as? [String] == ["https://host.example/vonage?message=\(messageName)"])
            let actions = try #require(body["ncco"] as? [NSDictionary])
            #expect(actions.map { $0["action"] as? String } == ["talk", "input"])
            #expect(actions[0]["text"] as? String == script.prompt && actions[0]["language"] as? String == "de-DE")
            let action = try #require((actions[1]["eventUrl"] as? [String])?.first)

            // After the key press.
            func pressed(_ digits: String) throws -> WebhookRequest {
                try signed(
                    #"{"uuid":"63f61863-4a51-4f6b-86e1-46edebcf9356","conversation_uuid":"CON-1","dtmf":{"digits":"\#(digits)","timed_out":\#(digits.isEmpty)}}"#,
                    at: clock.now(), url: action)
            }
            let answer = try gateway.voiceResponse(to: try pressed("5"))
            #expect(answer.contentType == "application/json")
            #expect(answer.events.compactMap(\.receipt).map(\.idempotencyKey) == [messageName])
            let said = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [NSDictionary])
            #expect(said.count == 1 && said[0]["loop"] as? Int == 2)
            let digits = code.map { "\($0)<break time=\"700ms\"/>" }.joined()
            #expect(
                said[0]["text"] as? String
                    == "<speak>Ihr Code bei &quot;Müller &amp; &lt;Söhne&gt;&quot; ist<break time=\"500ms\"/>\(digits)<break time=\"1000ms\"/></speak>"
            )
            let silent = try gateway.voiceResponse(to: try pressed(""))
            #expect(silent.events.isEmpty && String(decoding: silent.body, as: UTF8.self) == "[]")
            clock.advance(seconds: 601)
            #expect(try await refusal { try gateway.voiceResponse(to: try pressed("5")) }.code == .eventRefused)
        }
    }

    /// A request as Vonage signs it.
    private func signed(
        _ body: String, at now: Timestamp, url: String = "https://host.example/vonage", identifier: String = UUID().uuidString,
        secret: String = secret, head: String = #"{"alg":"HS256","typ":"JWT"}"#, key: String = "abcd1234", hash: String? = nil
    ) throws -> WebhookRequest {
        let body = Array(body.utf8)
        let hash = hash ?? Hexadecimal.encode(SHA256.hash(body))
        let claims = #"{"iat":\#(now.seconds),"jti":"\#(identifier)","iss":"Vonage","payload_hash":"\#(hash)","api_key":"\#(key)"}"#
        let text = Base64URL.encode(Array(head.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        let signature = HMACSHA256.sign(Array(text.utf8), key: GatewaySecret(secret).bytes)
        return WebhookRequest(
            url: url, headers: [("authorization", "Bearer \(text)." + signature.withUnsafeBytes { Base64URL.encode(Array($0)) })],
            body: body)
    }

    @Suite("Requests from Vonage") struct VonageWebhookTests {
        private let clock = SetClock()

        private struct Webhooks: Decodable {
            struct Webhook: Decodable {
                let what: String
                let body: String
                let status: String
                let code: String?
                let key: String?
            }
            let webhooks: [Webhook]
        }

        @Test("a status becomes a receipt under Vonage's name and our own")
        func receipts() throws {
            let gateway = gateway("https://api.nexmo.com", clock: clock)
            let file = try vectors("vonage-webhooks", as: Webhooks.self)
            #expect(file.webhooks.count > 8)
            for webhook in file.webhooks {
                let url = "https://host.example/vonage?message=\(messageName)"
                let receipts = try gateway.events(from: try signed(webhook.body, at: clock.now(), url: url)).compactMap(\.receipt)
                let status: DeliveryReceipt.Status =
                    switch webhook.status {
                    case "under-way": .underWay
                    case "delivered": .delivered
                    default: .failed(try #require(ProviderRefusal.Cause(rawValue: webhook.status)))
                    }
                #expect(receipts.map(\.status) == [status], "\(webhook.what)")
                #expect(receipts.map(\.providerCode) == [webhook.code ?? ""], "\(webhook.what)")
                #expect(receipts.map(\.idempotencyKey) == [webhook.key ?? messageName], "\(webhook.what)")
            }
        }

        @Test("a message from a person comes as number and words, in guarded memory")
        func inbound() throws {
            let gateway = gateway("https://api.nexmo.com", clock: clock)
            for channel in [OutboundMessage.Channel.sms, .whatsapp] {
                let body = """
                    {"channel":"\(channel.rawValue)","message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","to":"447700900000",\
                    "from":"\(number)","timestamp":"2025-02-03T12:14:25Z","text":"Z\\u00fcrich \\ud83d\\ude42 \\"ok\\""}
                    """
                let message = try #require(try gateway.events(from: try signed(body, at: clock.now())).first?.inbound)
                #expect(message.channel == channel && message.sender == "447700900000")
                #expect(isSilent(message))
                #expect(message.content == [number, "Zürich 🙂 \"ok\""])
            }
        }

        private let delivered = #"{"message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","status":"delivered"}"#

        @Test("what another signed, by another algorithm, of another body, for another account, long ago or ahead of time is refused")
        func strangers() async throws {
            let gateway = gateway("https://api.nexmo.com", clock: clock)
            let now = clock.now()
            let right = try signed(delivered, at: now)
            let unsigned = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8)) + "."
            let strangers = [
                try signed(delivered, at: now, secret: "wrong"), try signed(delivered, at: now, head: #"{"alg":"none","typ":"JWT"}"#),
                try signed(delivered, at: now, head: #"{"alg":"HS512","typ":"JWT"}"#), try signed(delivered, at: now, key: "other"),
                try signed(delivered, at: now, hash: "00"), try signed(delivered, at: now.advanced(by: -301_000)),
                try signed(delivered, at: now.advanced(by: 301_000)), WebhookRequest(url: right.url, headers: [], body: right.body),
                WebhookRequest(method: "GET", url: right.url, headers: right.headers, body: right.body),
                WebhookRequest(url: right.url, headers: right.headers, body: right.body + [0x20]),
                WebhookRequest(url: right.url, headers: [("Authorization", "Bearer \(unsigned)e30.")], body: right.body),
                try signed("{\"message_uuid\":\"a\",", at: now), try signed("{\"a\":1,\"a\":2}", at: now),
            ]
            for stranger in strangers { #expect(try await refusal { try gateway.events(from: stranger) }.code == .eventRefused) }
            for edge in [-300, 300] as [Int64] {
                #expect(try gateway.events(from: try signed(delivered, at: now.advanced(by: edge * 1_000))).count == 1)
            }
            #expect(try gateway.events(from: right).count == 1)
        }

        @Test("any byte of the token changed makes it another's")
        func changedToken() async throws {
            let gateway = gateway("https://api.nexmo.com", clock: clock)
            let right = try signed(delivered, at: clock.now())
            let token = Array(right.headers[0].value.utf8)
            for index in token.indices.dropFirst(7) {
                var changed = token
                changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
                let request = WebhookRequest(
                    url: right.url, headers: [("Authorization", String(decoding: changed, as: UTF8.self))], body: right.body)
                #expect(try await refusal { try gateway.events(from: request) }.code == .eventRefused)
            }
        }

        @Test("Vonage tries for as long as the code lasts, its own least allowing")
        func validity() async throws {
            let peer = try LoopbackPeer(accepted)
            let now = SetClock().now()
            for end in [now + .seconds(90), now + .seconds(7_200), now + .seconds(5)] {
                _ = try await gateway(peer.address, clock: SetClock()).send(try message(expiresAt: end))
            }
            #expect(try peer.requests.map { try object($0.body)["ttl"] as? Int } == [90, 600, 20])
        }

        @Test(
            "the same token a second time means nothing more, and what could not be handled may come again; both secrets are good meanwhile"
        )
        func replay() async throws {
            let gateway = gateway("https://api.nexmo.com", clock: clock) {
                $0.signatureSecrets = [GatewaySecret("new"), GatewaySecret(secret)]
            }
            let request = try signed(delivered, at: clock.now())
            let handler = KeepingHandler(failing: 1)
            await #expect(throws: CocoaError.self) { try await gateway.receive(request, handler) }
            try await gateway.receive(request, handler)
            for _ in 0..<2 { try await gateway.receive(request, handler) }
            #expect(handler.events.count == 1)
            try await gateway.receive(try signed(delivered, at: clock.now(), secret: "new"), handler)
            #expect(handler.events.count == 2)
        }
    }
#endif
