#if HTTP
    import Messaging
    import TwilioTransport

    // [readme]
    struct TwilioEndpoint {
        let twilio: TwilioGateway
        let handler: any TransportEventHandler  // such as your `IdentityService`

        /// What became of messages, and what people write. Returns the status to answer with.
        func status(_ request: WebhookRequest) async -> Int {
            do {
                try await twilio.receive(request, handler)
                return 204
            } catch let error as TransportError where error.code == .eventRefused {
                return 403  // not Twilio's
            } catch {
                return 500  // could not be written down, or not yet: when it comes again, it is taken
            }
        }

        /// After a key press in a call.
        func voice(_ request: WebhookRequest) async throws -> (contentType: String, body: [UInt8]) {
            let answer = try twilio.voiceResponse(to: request)
            for event in answer.events { try await handler.receive(event) }  // somebody hears it: delivered
            return (answer.contentType, answer.body)
        }
    }
// [/readme]
#endif
