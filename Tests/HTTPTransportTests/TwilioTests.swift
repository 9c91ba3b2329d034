#if HTTP
    import CryptoPrimitives
    import Foundation
    import GatewayHTTP
    import RecordStorage
    import Testing

    @testable import Messaging
    @testable import TwilioTransport

    #if canImport(FoundationXML)
        import FoundationXML
    #endif

    private let account = "AC0123456789abcdef0123456789abcdef"
    private let token = "auth-token-0123456789"

    /// A gateway with every channel whose API is at an address of this machine.
    private func gateway(
        _ address: String, clock: any TimeSource = SetClock(), _ change: (inout TwilioSettings) -> Void = { _ in }
    ) -> TwilioGateway {
        var settings = TwilioSettings(
            accountSID: account, credentials: .authToken(GatewaySecret(token)), webhookTokens: [GatewaySecret(token)])
        settings.sender = .from("+15557122661")
        settings.whatsApp = .init(from: "+15557122662", contentSID: "HX0123456789abcdef0123456789abcdef")
        settings.voice = .init(
            from: "+15557122663", answerURL: "https://host.example/voice?a=1&b=2", seal: GatewaySecret("another-token-9876543210"))
        settings.statusURL = "https://host.example/twilio"
        settings.address = address
        change(&settings)
        return TwilioGateway(settings, time: clock)
    }

    private let created = LoopbackPeer.Answer.status(201, #"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#)

    @Suite("Messages through Twilio") struct TwilioSendingTests {
        @Test(
            "a text goes out as Twilio documents it, whatever it says",
            arguments: [
                words, "Zürich: 493817 + 50 % & more = ?;/#\"'\\", "認証コードは 493817 です。🔐", "two\nlines\r\n\tand a tab", "رمزك هو 493817",
            ])
        func text(_ text: String) async throws {
            let peer = try LoopbackPeer(created)
            let receipt = try await gateway(peer.address).send(try message(text))
            #expect(receipt == MessageReceipt(route: "twilio", gatewayIDs: ["SM0123456789abcdef0123456789abcdef"]))
            let request = try #require(peer.requests.first)
            #expect(request.line == "POST /2010-04-01/Accounts/\(account)/Messages.json HTTP/1.1")
            #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(request.headers["authorization"] == "Basic \(Data("\(account):\(token)".utf8).base64EncodedString())")
            #expect(request.headers["transfer-encoding"] == nil)
            #expect(
                request.fields == [
                    "To": ["+\(number)"], "From": ["+15557122661"], "Body": [text], "ValidityPeriod": ["600"],
                    "StatusCallback": ["https://host.example/twilio?message=\(messageName)"],
                ])
            #expect(request.text.hasPrefix("To=%2B\(number)&From=%2B15557122661&Body="))
        }

        @Test("a messaging service and a key of the API take the places of sender and token")
        func serviceAndKey() async throws {
            let peer = try LoopbackPeer(created)
            let gateway = gateway(peer.address) {
                $0.sender = .messagingService("MG0123456789abcdef0123456789abcdef")
                $0.credentials = .apiKey(sid: "SK01", secret: GatewaySecret("another-token-9876543210"))
            }
            _ = try await gateway.send(try message())
            let request = try #require(peer.requests.first)
            #expect(request.fields["MessagingServiceSid"] == ["MG0123456789abcdef0123456789abcdef"])
            #expect(request.fields["From"] == nil)
            #expect(request.headers["authorization"] == "Basic \(Data("SK01:another-token-9876543210".utf8).base64EncodedString())")
        }

        @Test("by WhatsApp the code alone goes out, as the variable of a template")
        func whatsApp() async throws {
            let peer = try LoopbackPeer(created)
            _ = try await gateway(peer.address).send(try message(channel: .whatsapp))
            let fields = try #require(peer.requests.first).fields
            #expect(fields["To"] == ["whatsapp:+\(number)"])
            #expect(fields["From"] == ["whatsapp:+15557122662"])
            #expect(fields["ContentSid"] == ["HX0123456789abcdef0123456789abcdef"])
            #expect(fields["ContentVariables"] == [#"{"1":"\#(code)"}"#])
            #expect(fields["Body"] == nil)
        }

        @Test("a call's first document says the prompt, waits for a key, and has no code in it in any form")
        func call() async throws {
            let peer = try LoopbackPeer(.status(201, #"{"sid":"CA0123456789abcdef0123456789abcdef","status":"queued"}"#))
            let receipt = try await gateway(peer.address).send(try message(channel: .voice))
            #expect(receipt.gatewayIDs == ["CA0123456789abcdef0123456789abcdef"])
            let request = try #require(peer.requests.first)
            #expect(request.line == "POST /2010-04-01/Accounts/\(account)/Calls.json HTTP/1.1")
            let twiml = try #require(request.fields["Twiml"]?.first)
            #expect(twiml.utf8.count < 4_000, "Twilio takes 4,000 characters")
            #expect(!String(decoding: request.bytes, as: UTF8.self).contains(code))
            for digit in code { #expect(!twiml.contains(">\(digit)<")) }
            let document = try XMLDocument(xmlString: twiml)
            let gather = try #require(document.rootElement()?.elements(forName: "Gather").first)
            #expect(gather.attribute(forName: "numDigits")?.stringValue == "1")
            #expect(gather.attribute(forName: "finishOnKey")?.stringValue == "")
            #expect(gather.attribute(forName: "action")?.stringValue?.hasPrefix("https://host.example/voice?a=1&b=2&script=") == true)
            #expect(gather.elements(forName: "Say").map { $0.stringValue } == [script.prompt, script.prompt, script.prompt])
            #expect(gather.elements(forName: "Say").allSatisfy { $0.attribute(forName: "language")?.stringValue == "de-DE" })
            #expect(document.rootElement()?.children?.last?.name == "Hangup")
        }

        @Test("a channel that the settings do not have is refused before anything is sent")
        func unsupported() async throws {
            let peer = try LoopbackPeer(created)
            let gateway = gateway(peer.address) { settings in
                (settings.sender, settings.voice, settings.whatsApp) = (nil, nil, nil)
            }
            #expect(gateway.capabilities.channels.isEmpty)
            for channel in OutboundMessage.Channel.allCases {
                #expect(try await refusal { try await gateway.send(try message(channel: channel)) }.code == .unsupported)
            }
            #expect(try await refusal { try await self.all(peer).send(try message(channel: .whatsapp, code: nil)) }.code == .unsupported)
            let wiped = try message()
            wiped.wipe()
            #expect(try await refusal { try await self.all(peer).send(wiped) }.code == .refused)
            #expect(peer.connections == 0)
        }

        private func all(_ peer: LoopbackPeer) -> TwilioGateway { gateway(peer.address) }

        @Test("each answer means what Twilio documents, and none of it is told but the code", arguments: AnswerVector.all("twilio-answers"))
        func answers(_ vector: AnswerVector) async throws {
            let peer = try LoopbackPeer(vector.answer)
            try await vector.check(gateway(peer.address))
            #expect(peer.requests.count == 1, "it was repeated")
        }

        @Test("the file of answers is there") func answersAreThere() { #expect(AnswerVector.all("twilio-answers").count > 15) }

        @Test("nothing that prints shows a secret")
        func silence() {
            let gateway = gateway("https://api.twilio.com")
            #expect(isSilent(gateway) && isSilent(gateway.settings))
        }
    }

    @Suite("Requests from Twilio") struct TwilioWebhookTests {
        private struct Signed: Decodable {
            struct Form: Decodable {
                let what: String
                let url: String
                let fields: Fields
                let signature: String
            }
            struct Document: Decodable {
                let url: String
                let body: String
                let signature: String
            }
            enum Fields: Decodable {
                case usual
                case own([[String]])
                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    self = (try? container.decode([[String]].self)).map(Fields.own) ?? .usual
                }
            }
            let token: String
            let forms: [Form]
            let `default`: [[String]]
            let json: [Document]
        }

        @Test("Twilio's own vectors are right, and wrong with any byte of signature, address or form changed")
        func vectors() throws {
            let file = try HTTPTransportTests.vectors("twilio-signatures", as: Signed.self)
            let tokens = [GatewaySecret(file.token)]
            func isRight(_ signature: [UInt8], _ url: String, _ body: [UInt8]) -> Bool {
                guard let fields = body.withUnsafeBytes({ FormFields($0) }) else { return false }
                return TwilioSignature.isRight(signature, url, fields, tokens)
            }
            for vector in file.forms {
                let pairs = if case .own(let own) = vector.fields { own } else { file.default }
                let body = form(pairs.map { ($0[0], $0[1]) })
                let signature = try #require(Base64.decode(vector.signature))
                #expect(isRight(signature, vector.url, body), "\(vector.what)")
                #expect(isRight(signature, vector.url, form(pairs.reversed().map { ($0[0], $0[1]) })), "\(vector.what), reordered")
                for index in signature.indices {
                    var changed = signature
                    changed[index] ^= 1
                    #expect(!isRight(changed, vector.url, body), "\(vector.what), signature \(index)")
                }
                #expect(!isRight(Array(signature.dropLast()), vector.url, body))
                #expect(!isRight([], vector.url, body))
                for index in body.indices {
                    var changed = body
                    changed[index] ^= 1
                    #expect(!isRight(signature, vector.url, changed), "\(vector.what), form \(index)")
                }
                #expect(!isRight(signature, vector.url, body + form([("x", "")]).map { $0 == 0x78 ? 0x26 : $0 } + Array("more=1".utf8)))
                #expect(!isRight(signature, vector.url + "x", body))
                #expect(!TwilioSignature.isRight(signature, vector.url, body.withUnsafeBytes { FormFields($0) }, [GatewaySecret("12346")]))
            }
            for vector in file.json {
                let signature = try #require(Base64.decode(vector.signature))
                #expect(TwilioSignature.isRight(signature, vector.url, nil, tokens))
                #expect(vector.url.contains(Hexadecimal.encode(SHA256.hash(Array(vector.body.utf8)))))
            }
        }

        private let url = "https://host.example/twilio?message=\(messageName)"

        private func request(_ fields: [(String, String)], url: String? = nil, token: String = token, method: String = "POST")
            -> WebhookRequest
        {
            let url = url ?? self.url
            let body = form([("AccountSid", account)] + fields)
            let message = body.withUnsafeBytes { FormFields($0)! }.concatenated(after: url)
            let signature = message.withBytes { HMACSHA1.authenticate($0, key: GatewaySecret(token).bytes) }
            return WebhookRequest(
                method: method, url: url,
                headers: [
                    ("host", "inside"), ("x-twilio-signature", signature.withUnsafeBytes { Base64.encode(Array($0)) }),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ], body: body)
        }

        private let sid = "SM0123456789abcdef0123456789abcdef"
        private func status(_ status: String, _ code: String? = nil) -> [(String, String)] {
            [("MessageSid", sid), ("MessageStatus", status), ("To", "+\(number)")] + (code.map { [("ErrorCode", $0)] } ?? [])
        }

        @Test(
            "a status becomes a receipt under Twilio's name and our own",
            arguments: [
                ("queued", nil, DeliveryReceipt.Status.underWay), ("sent", nil, .underWay), ("delivered", nil, .delivered),
                ("read", nil, .delivered),
                ("undelivered", "30003", .failed(.unreachable)), ("undelivered", "30005", .failed(.numberInvalid)),
                ("undelivered", "30006", .failed(.lineTypeUnsupported)), ("failed", "30007", .failed(.filtered)),
                ("undelivered", "30008", .failed(.unknown)), ("failed", "30034", .failed(.senderNotRegistered)),
                ("failed", nil, .failed(.unknown)),
                ("canceled", nil, .failed(.expired)),
            ] as [(String, String?, DeliveryReceipt.Status)])
        func receipts(_ name: String, _ code: String?, _ expected: DeliveryReceipt.Status) throws {
            let events = try gateway("https://api.twilio.com").events(from: request(status(name, code)))
            #expect(
                events.map(\.receipt) == [
                    DeliveryReceipt(
                        route: "twilio", gatewayID: sid, status: expected, providerCode: code ?? "", idempotencyKey: messageName)
                ])
        }

        @Test("a message from a person comes as number and words, in guarded memory, by text and by WhatsApp")
        func inbound() throws {
            let gateway = gateway("https://api.twilio.com")
            for (from, channel, sid) in [
                ("+\(number)", OutboundMessage.Channel.sms, sid), ("whatsapp:+\(number)", .whatsapp, "SM1123456789abcdef0123456789abcdef"),
            ] {
                let events = try gateway.events(
                    from: request([
                        ("MessageSid", sid), ("SmsStatus", "received"), ("From", from), ("To", "+15557122661"), ("Body", "Zürich + 🙂"),
                    ]))
                let message = try #require(events.first?.inbound)
                #expect(
                    message.channel == channel && message.gatewayID == sid && message.route == "twilio" && message.sender == "+15557122661")
                #expect(isSilent(message))
                #expect(message.content == [number, "Zürich + 🙂"])
            }
            let short = request([("MessageSid", "SM2123456789abcdef0123456789abcdef"), ("From", "12345"), ("To", "+1"), ("Body", "x")])
            #expect(try gateway.events(from: short).isEmpty)
        }

        @Test("who does not have the token, or says another account, method or address, is refused")
        func strangers() async throws {
            let gateway = gateway("https://api.twilio.com")
            let right = request(status("delivered"))
            let strangers = [
                request(status("delivered"), token: "wrong"), request(status("delivered"), method: "GET"),
                WebhookRequest(url: url, headers: [], body: right.body),
                WebhookRequest(url: url + "&x=1", headers: right.headers, body: right.body),
                WebhookRequest(url: url, headers: right.headers + [("X-Twilio-Signature", "AAAA")], body: right.body),
                WebhookRequest(url: url, headers: right.headers, body: right.body + Array("&MessageStatus=failed".utf8)),
                WebhookRequest(url: url, headers: right.headers, body: right.body + [UInt8](repeating: 0x26, count: 70_000)),
            ]
            for stranger in strangers { #expect(try await refusal { try gateway.events(from: stranger) }.code == .eventRefused) }
            let other = request(status("delivered").filter { _ in true })
            let body = Array(
                String(decoding: other.body, as: UTF8.self).replacingOccurrences(of: account, with: account.dropLast() + "0").utf8)
            #expect(
                try await refusal { try gateway.events(from: WebhookRequest(url: url, headers: other.headers, body: body)) }.code
                    == .eventRefused)
            #expect(try gateway.events(from: right).count == 1)
        }

        @Test("Twilio tries for as long as the code lasts, and no longer than the settings say")
        func validity() async throws {
            let peer = try LoopbackPeer(.status(201, #"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#))
            let (clock, now) = (SetClock(), SetClock().now())
            let gateway = gateway(peer.address, clock: clock)
            for end in [now + .seconds(90), now + .seconds(7_200), now + .seconds(-5)] {
                _ = try await gateway.send(try message(expiresAt: end))
            }
            #expect(peer.requests.map { $0.fields["ValidityPeriod"] } == [["90"], ["600"], ["1"]])
        }

        @Test("the same status a second time means nothing more, another status is not, and what could not be handled may come again")
        func replay() async throws {
            let gateway = gateway("https://api.twilio.com")
            let (sent, delivered) = (request(status("sent")), request(status("delivered")))
            let handler = KeepingHandler(failing: 1)
            await #expect(throws: CocoaError.self) { try await gateway.receive(sent, handler) }
            try await gateway.receive(sent, handler)
            try await gateway.receive(sent, handler)
            try await gateway.receive(delivered, handler)
            #expect(handler.events.compactMap(\.receipt).map(\.status) == [.underWay, .delivered])
        }

        @Test("while tokens are replaced both are good")
        func rotation() async throws {
            let gateway = gateway("https://api.twilio.com") { $0.webhookTokens = [GatewaySecret("new"), GatewaySecret(token)] }
            #expect(try gateway.events(from: request(status("sent"))).count == 1)
            #expect(try gateway.events(from: request(status("delivered"), token: "new")).count == 1)
            #expect(try await refusal { try gateway.events(from: request(status("failed"), token: "old")) }.code == .eventRefused)
        }

        @Test("JSON whose hash stands in the address is checked, and says nothing about messages")
        func json() async throws {
            let gateway = gateway("https://api.twilio.com")
            let body = Array(#"{"a":1}"#.utf8)
            let url = "https://host.example/twilio?bodySHA256=\(Hexadecimal.encode(SHA256.hash(body)))"
            let signature = SecretText { $0.text(url) }.withBytes { HMACSHA1.authenticate($0, key: GatewaySecret(token).bytes) }
            let headers = [("X-Twilio-Signature", signature.withUnsafeBytes { Base64.encode(Array($0)) })]
            #expect(try gateway.events(from: WebhookRequest(url: url, headers: headers, body: body)).isEmpty)
            let changed = WebhookRequest(url: url, headers: headers, body: Array(#"{"a":2}"#.utf8))
            #expect(try await refusal { try gateway.events(from: changed) }.code == .eventRefused)
        }

        @Test("after a key press the call says the code digit by digit, and only to Twilio, and only for its time")
        func voice() async throws {
            let clock = SetClock()
            let peer = try LoopbackPeer(.status(201, #"{"sid":"CA0123456789abcdef0123456789abcdef","status":"queued"}"#))
            let gateway = gateway(peer.address, clock: clock)
            _ = try await gateway.send(try message(channel: .voice))
            let twiml = try XMLDocument(xmlString: try #require(peer.requests.first?.fields["Twiml"]?.first))
            let action = try #require(twiml.rootElement()?.elements(forName: "Gather").first?.attribute(forName: "action")?.stringValue)
            let fields = [("CallSid", "CA0123456789abcdef0123456789abcdef")]

            let answer = try gateway.voiceResponse(to: request(fields + [("Digits", "5")], url: action))
            #expect(isSilent(answer))
            #expect(answer.contentType == "text/xml; charset=utf-8")
            #expect(answer.events.compactMap(\.receipt).map(\.status) == [.delivered])
            #expect(answer.events.compactMap(\.receipt).map(\.idempotencyKey) == [messageName])
            let said = try XMLDocument(xmlString: String(decoding: answer.body, as: UTF8.self))
            let sayings = try #require(said.rootElement()?.elements(forName: "Say")).compactMap(\.stringValue)
            #expect(
                sayings == Array(repeating: ["Ihr Code bei \"Müller & <Söhne>\" ist"] + code.map(String.init), count: 2).flatMap(\.self))

            let silent = try gateway.voiceResponse(to: request(fields + [("Digits", "")], url: action))
            #expect(silent.events.isEmpty && String(decoding: silent.body, as: UTF8.self) == "<Response><Hangup/></Response>")

            #expect(try await refusal { try gateway.voiceResponse(to: request(fields, url: action, token: "wrong")) }.code == .eventRefused)
            for index in stride(from: action.count - 1, to: action.count - 200, by: -7) {
                var changed = Array(action.utf8)
                changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
                let url = String(decoding: changed, as: UTF8.self)
                #expect(
                    try await refusal { try gateway.voiceResponse(to: request(fields + [("Digits", "5")], url: url)) }.code == .eventRefused
                )
            }
            clock.advance(seconds: 601)
            #expect(
                try await refusal { try gateway.voiceResponse(to: request(fields + [("Digits", "5")], url: action)) }.code == .eventRefused)
        }

        @Test("a call that nobody took failed, and one that ended well tells nothing: it may have ended at a voicemail")
        func calls() throws {
            let gateway = gateway("https://api.twilio.com")
            for (status, expected) in [
                ("ringing", DeliveryReceipt.Status.underWay), ("completed", .underWay), ("busy", .failed(.unreachable)),
                ("no-answer", .failed(.unreachable)), ("failed", .failed(.unknown)),
            ] {
                let events = try gateway.events(
                    from: request([("CallSid", "CA0123456789abcdef0123456789abcdef"), ("CallStatus", status)]))
                #expect(events.compactMap(\.receipt).map(\.status) == [expected])
            }
        }
    }
#endif
