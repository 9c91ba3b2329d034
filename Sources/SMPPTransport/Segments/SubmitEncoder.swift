#if SMPP
    import NIOCore

    /// Writes the submit_sm of a message (SMPP 3.4 §4.4.1), from number and text as they are lent. Sequence numbers are filled in later.
    struct SubmitEncoder: Sendable {
        static let sequenceOffset = 12
        /// User data header follows in the text (§5.2.12).
        private static let headerFlag: UInt8 = 0x40

        private let alphabet: SMPPSettings.Alphabet
        private let longMessages: SMPPSettings.LongMessages
        /// service_type up to the destination's plan, which every message begins with.
        private let beginning: ByteBuffer
        private let registeredDelivery: UInt8

        init(_ settings: SMPPSettings) {
            (alphabet, longMessages) = (settings.alphabet, settings.longMessages)
            registeredDelivery = settings.receipts.rawValue
            var beginning = ByteBuffer()
            beginning.writeCString(settings.serviceType)
            beginning.writeMultipleIntegers(settings.sender.typeOfNumber, settings.sender.numberingPlan)
            beginning.writeCString(settings.sender.address)
            // International, ISDN: E.164 without its plus sign.
            beginning.writeMultipleIntegers(UInt8(1), UInt8(1))
            self.beginning = beginning
        }

        /// One PDU for each part; `nil` where the text is above 16 KiB or takes more than 255.
        ///
        /// - Parameters:
        ///   - reference: what makes the parts of one message one; of one octet its lower half.
        ///   - userReference: user_message_reference.
        ///   - validityPeriod: of the message centre's tries; empty: as long as it likes.
        func units(
            to recipient: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer, reference: UInt16, userReference: UInt16,
            validityPeriod: String
        ) -> [ByteBuffer]? {
            guard text.count <= 16_384 else { return nil }
            let parts = parts(of: text, alphabet: alphabet, longMessages: longMessages)
            guard parts.ranges.count <= 255 else { return nil }
            return parts.ranges.indices.map { index in
                unit(
                    index, of: parts, to: recipient, text: text, reference: reference, userReference: userReference,
                    validityPeriod: validityPeriod)
            }
        }

        private func unit(
            _ index: Int, of parts: MessageParts, to recipient: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer, reference: UInt16,
            userReference: UInt16, validityPeriod: String
        ) -> ByteBuffer {
            let isPart = parts.ranges.count > 1
            let hasHeader = isPart && (longMessages == .header8 || longMessages == .header16)
            // A short message's longest coding is two octets for one of UTF-8. Grown later, the buffer would leave a copy behind.
            var buffer = ByteBufferAllocator().buffer(capacity: 160 + beginning.readableBytes + 2 * parts.ranges[index].count)
            ProtocolUnit(.submit, sequence: 0).write(to: &buffer)
            buffer.writeImmutableBuffer(beginning)
            buffer.writeBytes(recipient)
            buffer.writeInteger(UInt8(0))
            buffer.writeInteger(hasHeader ? Self.headerFlag : 0)
            buffer.writeMultipleIntegers(UInt8(0), UInt8(0))  // protocol_id, priority_flag
            buffer.writeCString("")  // schedule_delivery_time
            buffer.writeCString(validityPeriod)
            buffer.writeMultipleIntegers(registeredDelivery, UInt8(0), parts.coding.dataCoding, UInt8(0))
            let lengthOffset = buffer.writerIndex
            buffer.writeInteger(UInt8(0))
            if hasHeader { writeHeader(index, of: parts, reference: reference, to: &buffer) }
            if !parts.isPayload {
                parts.write(index, of: text, to: &buffer)
                buffer.setInteger(UInt8(buffer.writerIndex - lengthOffset - 1), at: lengthOffset)
            }
            buffer.writeParameter(ParameterTag.userMessageReference, userReference)
            if isPart, longMessages == .parameters {
                buffer.writeParameter(ParameterTag.sarReference, reference)
                buffer.writeParameter(ParameterTag.sarTotal, UInt8(parts.ranges.count))
                buffer.writeParameter(ParameterTag.sarSequence, UInt8(index + 1))
            }
            if parts.isPayload {
                // The last parameter: smpp.twisted3 0.8 takes the last one's length for this one's.
                buffer.writeMultipleIntegers(ParameterTag.messagePayload, UInt16(0))
                let start = buffer.writerIndex
                parts.write(index, of: text, to: &buffer)
                buffer.setInteger(UInt16(buffer.writerIndex - start), at: start - 2)
            }
            buffer.setInteger(UInt32(buffer.readableBytes), at: 0)
            return buffer
        }

        /// 3GPP TS 23.040 §9.2.3.24.1 and §9.2.3.24.8.
        private func writeHeader(_ index: Int, of parts: MessageParts, reference: UInt16, to buffer: inout ByteBuffer) {
            if longMessages == .header16 {
                buffer.writeMultipleIntegers(UInt8(6), UInt8(8), UInt8(4), reference)
            } else {
                buffer.writeMultipleIntegers(UInt8(5), UInt8(0), UInt8(3), UInt8(truncatingIfNeeded: reference))
            }
            buffer.writeMultipleIntegers(UInt8(parts.ranges.count), UInt8(index + 1))
        }
    }
#endif
