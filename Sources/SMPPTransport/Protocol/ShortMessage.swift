#if SMPP
    import NIOCore

    /// What submit_sm, deliver_sm and data_sm carry, SMPP 3.4 §4.4.1, §4.6.1 and §4.7.1: slices of the PDU, which hold number and text.
    struct ShortMessage {
        struct Address {
            var typeOfNumber: UInt8
            var numberingPlan: UInt8
            var octets: ByteBuffer
        }

        var source: Address
        var destination: Address
        var esmClass: UInt8
        var registeredDelivery: UInt8
        var validityPeriod: ByteBuffer
        var dataCoding: UInt8
        /// short_message, or message_payload where there is one.
        var text: ByteBuffer
        var parameters: Parameters

        /// - Parameter command: `.submit`, `.deliver` or `.data`.
        init(_ command: Command, _ body: ByteBuffer) throws(Malformed) {
            var body = body
            _ = try body.readCString(limit: 6)
            // data_sm allows longer addresses.
            let longest = command == .data ? 65 : 21
            source = try Self.address(&body, longest)
            destination = try Self.address(&body, longest)
            esmClass = try body.readOctet()
            text = ByteBuffer()
            if command == .data {
                registeredDelivery = try body.readOctet()
                validityPeriod = ByteBuffer()
                dataCoding = try body.readOctet()
            } else {
                _ = try body.readOctet()  // protocol_id
                _ = try body.readOctet()  // priority_flag
                _ = try body.readCString(limit: 17)
                validityPeriod = try body.readCString(limit: 17)
                registeredDelivery = try body.readOctet()
                _ = try body.readOctet()  // replace_if_present_flag
                dataCoding = try body.readOctet()
                _ = try body.readOctet()  // sm_default_msg_id
                // 254 at most, says the standard; 255 are read as well.
                guard let short = body.readSlice(length: Int(try body.readOctet())) else { throw .body }
                text = short
            }
            parameters = try Parameters(&body)
            if let payload = parameters[ParameterTag.messagePayload] { text = payload }
        }

        private static func address(_ body: inout ByteBuffer, _ longest: Int) throws(Malformed) -> Address {
            Address(typeOfNumber: try body.readOctet(), numberingPlan: try body.readOctet(), octets: try body.readCString(limit: longest))
        }
    }
#endif
