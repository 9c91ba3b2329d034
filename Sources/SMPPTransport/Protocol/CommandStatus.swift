#if SMPP
    import Messaging

    /// What an answer says, SMPP 3.4 §5.1.3.
    struct CommandStatus: RawRepresentable, Hashable, Sendable {
        let rawValue: UInt32

        static let ok = Self(rawValue: 0x00)
        static let invalidCommandLength = Self(rawValue: 0x02)
        static let invalidCommandID = Self(rawValue: 0x03)
        static let messageQueueFull = Self(rawValue: 0x14)
        static let throttled = Self(rawValue: 0x58)
        /// ESME_RX_T_APPN: comes again later.
        static let temporaryError = Self(rawValue: 0x64)
        /// ESME_RX_P_APPN: does not come again.
        static let permanentError = Self(rawValue: 0x65)
        static let invalidParameters = Self(rawValue: 0xC0)

        /// Whether the message centre has too much for now.
        var isThrottling: Bool { self == .throttled || self == .messageQueueFull }

        /// The number as documentation writes it.
        var text: String {
            let digits = String(rawValue, radix: 16, uppercase: true)
            return "0x" + (digits.utf8.count < 2 ? "0" : "") + digits
        }

        /// What it means for a message, and why. The message centre did not take it, whichever it is; the code says whether another attempt makes sense.
        var meaning: (code: TransportError.Code, cause: ProviderRefusal.Cause) {
            switch rawValue {
            case 0x04: (.notSent, .malformed)  // RINVBNDSTS
            case 0x05: (.notSent, .unauthorized)  // RALYBND: as many binds as the account may have
            case 0x08: (.notSent, .gatewayDown)  // RSYSERR
            case 0x0A, 0x48, 0x49: (.refused, .senderNotRegistered)  // RINVSRCADR, RINVSRCTON, RINVSRCNPI
            case 0x0B: (.refused, .numberInvalid)  // RINVDSTADR
            case 0x0D, 0x0E, 0x0F, 0x53: (.notSent, .unauthorized)  // RBINDFAIL, RINVPASWD, RINVSYSID, RINVSYSTYP
            case 0x14, 0x58: (.notSent, .throttled)  // RMSGQFUL, RTHROTTLED
            case 0x45: (.notSent, .unknown)  // RSUBMITFAIL
            case 0x64: (.notSent, .unknown)  // RX_T_APPN
            case 0x65: (.refused, .unknown)  // RX_P_APPN
            case 0x66: (.refused, .filtered)  // RX_R_APPN
            case 0xFE: (.refused, .unreachable)  // RDELIVERYFAILURE
            // Lengths, flags, types, dates and parameters that it cannot read.
            case 0x01...0x03, 0x06, 0x07, 0x0C, 0x11, 0x13, 0x15, 0x33, 0x34, 0x40, 0x42...0x44, 0x50, 0x51, 0x54, 0x55, 0x61...0x63, 0x67,
                0xC0...0xC4:
                (.refused, .malformed)
            default: (.refused, .unknown)  // 0xFF RUNKNOWNERR, and what vendors add
            }
        }
    }
#endif
