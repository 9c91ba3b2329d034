#if HTTP
    import Foundation
    import GatewayHTTP
    import Messaging
    import PhoneIdentityTesting
    import Testing
    import TwilioTransport
    import VonageTransport
    import WebhookTransport

    /// The suite for hosts' own transports, on those of this library: each against a peer that takes messages as its vendor documents it.
    @Suite("Transports over HTTP keep the contract") struct ConformanceTests {
        private func json(_ request: LoopbackPeer.Request, _ member: String) -> String? {
            (try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])?[member] as? String
        }

        @Test("Twilio")
        func twilio() async throws {
            let peer = try LoopbackPeer(
                .each { index, _ in .status(201, #"{"sid":"SM\#(String(format: "%032x", index))","status":"queued"}"#) })
            var settings = TwilioSettings(
                accountSID: "AC0123456789abcdef0123456789abcdef", credentials: .authToken(GatewaySecret("auth-token-0123456789")),
                webhookTokens: [])
            settings.sender = .from("+15557122661")
            settings.address = peer.address
            try await MessageTransportConformance(TwilioGateway(settings)) {
                peer.requests.map { .init(recipient: $0.fields["To"]?.first ?? "", text: $0.fields["Body"]?.first ?? "") }
            }.run()
        }

        @Test("Vonage")
        func vonage() async throws {
            let peer = try LoopbackPeer(
                .each { index, _ in .status(202, #"{"message_uuid":"aaaaaaaa-bbbb-cccc-dddd-\#(String(format: "%012x", index))"}"#) })
            var settings = VonageSettings(
                credentials: .apiKey("abcd1234", secret: GatewaySecret("another-token-9876543210")), signatureSecrets: [])
            settings.from = "Example"
            settings.address = peer.address
            try await MessageTransportConformance(VonageGateway(settings)) {
                peer.requests.map { .init(recipient: "+" + (json($0, "to") ?? ""), text: json($0, "text") ?? "") }
            }.run()
        }

        @Test("a host's own gateway behind a webhook, which takes a message once however often it is sent")
        func webhook() async throws {
            let peer = try LoopbackPeer(.each { _, request in .status(200, #"{"id":"taken-\#(json(request, "id") ?? "")"}"#) })
            let settings = WebhookSettings(
                url: peer.address + "/messages", sendingSecrets: [GatewaySecret("a-secret-that-is-long-enough-for-it-1")])
            try await MessageTransportConformance(WebhookGateway(settings)) {
                var taken: [String: MessageTransportConformance.Arrival] = [:]
                for request in peer.requests {
                    taken[json(request, "id") ?? ""] = .init(recipient: json(request, "to") ?? "", text: json(request, "text") ?? "")
                }
                return Array(taken.values)
            }.run()
        }
    }
#endif
