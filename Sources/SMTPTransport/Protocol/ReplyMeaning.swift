#if SMTP
    import Messaging

    /// When a server said something.
    enum Stage: Hashable, Sendable, CaseIterable {
        /// Greeting and EHLO.
        case session
        case authentication
        case sender
        case recipient
        /// DATA, and the message.
        case content
    }

    /// What an answer that is no success means. Documented in `Documentation/Gateways.md`.
    ///
    /// An answer to RCPT is about one address, which anybody may have typed: it never says that the whole gateway is at fault, but for its account and its
    /// pace, or strangers could close the route for everyone.
    enum ReplyMeaning {
        static func error(_ reply: Reply, at stage: Stage, provider: String, of destination: MessageDestination) -> TransportError {
            let cause = cause(reply, at: stage)
            let refusal = ProviderRefusal(cause, provider: provider, providerCode: reply.text, of: destination)
            guard reply.isTemporary else { return TransportError(.refused, refusal) }
            let waits = cause == .throttled && stage != .recipient
            return TransportError(.notSent, refusal, retryAfter: waits ? .seconds(30) : nil)
        }

        static func cause(_ reply: Reply, at stage: Stage) -> ProviderRefusal.Cause {
            if stage == .authentication { return authentication(reply) }
            let cause = plainCause(reply, at: stage)
            guard stage == .recipient else { return cause }
            return switch cause {
            case .throttled, .unauthorized, .numberInvalid, .unreachable, .lineTypeUnsupported, .expired, .optedOut: cause
            case .unknown where !reply.isTemporary: cause
            default: reply.isTemporary ? .unreachable : .numberInvalid
            }
        }

        private static func plainCause(_ reply: Reply, at stage: Stage) -> ProviderRefusal.Cause {
            if let status = reply.status, let cause = cause(status, at: stage) { return cause }
            return reply.isTemporary ? temporary(reply.code, at: stage) : permanent(reply.code, at: stage)
        }

        /// RFC 4954 §6: 454 is a failure of the server's, everything else of the account's.
        private static func authentication(_ reply: Reply) -> ProviderRefusal.Cause {
            guard reply.isTemporary else { return .unauthorized }
            return reply.status?.subject == 7 && reply.status?.detail != 0 ? .throttled : .gatewayDown
        }

        /// By subject and detail. Source: RFC 3463 §3, and the registry that RFC 5248 made.
        private static func cause(_ status: EnhancedStatus, at stage: Stage) -> ProviderRefusal.Cause? {
            let isTemporary = status.kind == 4
            switch (status.subject, status.detail) {
            case (0, _): return nil
            case (1, 7), (1, 8): return .senderNotRegistered
            case (1, _): return isTemporary ? .unreachable : .numberInvalid
            case (2, _): return .unreachable
            case (3, 3), (3, 4): return .malformed
            case (3, _): return .gatewayDown
            case (4, 5): return .throttled
            case (4, 7): return .expired
            case (4, _): return .unreachable
            case (5, 3): return .throttled
            case (5, _): return stage == .recipient ? .unknown : .malformed
            case (6, 7), (6, 8), (6, 9), (6, 10): return .lineTypeUnsupported
            case (6, _): return .malformed
            case (7, _): return security(status.detail, isTemporary: isTemporary, at: stage)
            default: return nil
            }
        }

        private static func security(_ detail: Int, isTemporary: Bool, at stage: Stage) -> ProviderRefusal.Cause {
            // Greylisting and rates.
            guard !isTemporary else { return .throttled }
            switch detail {
            // Authentication and encryption, RFC 4954 §6, RFC 5248.
            case 0 where stage != .recipient, 8...14: return .unauthorized
            case 1 where stage == .session: return .unauthorized
            // Somebody else's mailbox or domain by now: RFC 7293.
            case 17, 18: return .numberInvalid
            case 27: return .senderNotRegistered
            case 28: return .throttled
            default: return .filtered
            }
        }

        private static func temporary(_ code: Int, at stage: Stage) -> ProviderRefusal.Cause {
            switch code {
            case 421: .gatewayDown
            case 452: .throttled
            case 450: stage == .recipient ? .unreachable : .throttled
            default: stage == .recipient ? .unreachable : .gatewayDown
            }
        }

        /// Source: RFC 5321 §4.2.3, RFC 7504, RFC 4954 §6.
        private static func permanent(_ code: Int, at stage: Stage) -> ProviderRefusal.Cause {
            switch (code, stage) {
            case (530, _), (534, _), (535, _), (538, _): .unauthorized
            case (_, .session): .gatewayDown
            case (550, .recipient), (551, _), (553, .recipient), (501, .recipient), (556, _): .numberInvalid
            case (552, .recipient), (521, .recipient): .unreachable
            case (550, .sender), (553, .sender): .senderNotRegistered
            case (500...504, .sender), (500...504, .content), (552, _), (555, .sender): .malformed
            case (521, _): .gatewayDown
            case (550, _), (554, .sender), (554, .content): .filtered
            default: .unknown
            }
        }
    }
#endif
