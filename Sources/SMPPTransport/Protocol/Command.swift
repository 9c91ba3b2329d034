#if SMPP
    /// What a PDU is, SMPP 3.4 §5.1.2.1. An answer has the highest bit set.
    struct Command: RawRepresentable, Hashable, Sendable {
        let rawValue: UInt32

        static let genericNack = Self(rawValue: 0x8000_0000)
        static let bindReceiver = Self(rawValue: 0x01)
        static let bindTransmitter = Self(rawValue: 0x02)
        static let submit = Self(rawValue: 0x04)
        static let deliver = Self(rawValue: 0x05)
        static let unbind = Self(rawValue: 0x06)
        static let bindTransceiver = Self(rawValue: 0x09)
        static let outbind = Self(rawValue: 0x0B)
        static let enquireLink = Self(rawValue: 0x15)
        static let alertNotification = Self(rawValue: 0x102)
        static let data = Self(rawValue: 0x103)

        var isAnswer: Bool { rawValue & 0x8000_0000 != 0 }
        var answer: Self { Self(rawValue: rawValue | 0x8000_0000) }
    }

    /// Optional parameters, SMPP 3.4 §5.3.2.
    enum ParameterTag {
        static let receiptedMessageID: UInt16 = 0x001E
        static let userMessageReference: UInt16 = 0x0204
        static let sarReference: UInt16 = 0x020C
        static let sarTotal: UInt16 = 0x020E
        static let sarSequence: UInt16 = 0x020F
        static let networkErrorCode: UInt16 = 0x0423
        static let messagePayload: UInt16 = 0x0424
        static let messageState: UInt16 = 0x0427
    }
#endif
