#if SMPP
    import Messaging

    /// What became of a message, SMPP 3.4 §5.2.28, as message_state or as the text of a receipt says it (Appendix B).
    enum MessageState: UInt8, Hashable, Sendable, CaseIterable {
        case enroute = 1
        case delivered, expired, deleted, undeliverable, accepted, unknown, rejected

        /// Such as `DELIVRD`, in any case; some centres write out more of the word, or less.
        init?(text: String) {
            let upper = text.uppercased()
            let words: [(String, MessageState)] = [
                ("DELIV", .delivered), ("EXPIR", .expired), ("DELET", .deleted), ("UNDEL", .undeliverable), ("ACCEP", .accepted),
                ("UNKNO", .unknown), ("REJEC", .rejected), ("ENROU", .enroute), ("BUFFE", .enroute), ("FAIL", .undeliverable),
            ]
            guard let found = words.first(where: { upper.hasPrefix($0.0) }) else { return nil }
            self = found.1
        }

        /// As a receipt's text has it.
        var text: String {
            switch self {
            case .enroute: "ENROUTE"
            case .delivered: "DELIVRD"
            case .expired: "EXPIRED"
            case .deleted: "DELETED"
            case .undeliverable: "UNDELIV"
            case .accepted: "ACCEPTD"
            case .unknown: "UNKNOWN"
            case .rejected: "REJECTD"
            }
        }

        /// - Parameter network: of network_error_code.
        func status(_ network: NetworkError?) -> DeliveryReceipt.Status {
            switch self {
            case .delivered: .delivered
            case .enroute, .accepted: .underWay
            case .expired: .failed(.expired)
            case .rejected: .failed(network?.cause ?? .filtered)
            case .undeliverable: .failed(network?.cause ?? .unreachable)
            case .deleted, .unknown: .failed(network?.cause ?? .unknown)
            }
        }
    }

    /// network_error_code, SMPP 3.4 §5.3.2.31.
    struct NetworkError: Hashable, Sendable {
        /// 1 ANSI-136, 2 IS-95, 3 GSM; others are the centre's own.
        let network: UInt8
        let code: UInt16

        /// By the errors of MAP (3GPP TS 29.002 §17.6.6), which GSM networks give.
        var cause: ProviderRefusal.Cause? {
            guard network == 3 else { return nil }
            return switch code {
            case 1: .numberInvalid  // unknownSubscriber
            case 5, 6, 9, 12, 27, 31...33: .unreachable  // unidentified, absent, illegal, busy, deliveryFailure, waitingListFull
            case 10, 11, 21: .lineTypeUnsupported  // bearerService, teleservice, facility
            case 13: .filtered  // callBarred
            case 34: .gatewayDown  // systemFailure
            default: nil
            }
        }
    }
#endif
