#if SMPP
    import NIOCore

    /// bind_transmitter, bind_receiver and bind_transceiver, SMPP 3.4 §4.1.
    enum BindRequest {
        static let version: UInt8 = 0x34

        /// The whole PDU. The password is in it: wipe it once it is written.
        static func bytes(_ command: Command, sequence: UInt32, settings: SMPPSettings) -> ByteBuffer {
            var buffer = ByteBuffer()
            // Grown later, it would leave a copy behind.
            buffer.reserveCapacity(128)
            ProtocolUnit(command, sequence: sequence).write(to: &buffer)
            buffer.writeCString(settings.systemID)
            settings.password.withBytes { _ = buffer.writeBytes($0) }
            buffer.writeInteger(UInt8(0))
            buffer.writeCString(settings.systemType)
            buffer.writeInteger(version)
            buffer.writeInteger(UInt16(0))  // addr_ton, addr_npi
            buffer.writeCString("")  // address_range
            buffer.setInteger(UInt32(buffer.readableBytes), at: 0)
            return buffer
        }
    }
#endif
