#if SMPP
    import Messaging
    import NIOCore

    /// Makes a receipt of a deliver_sm that says what became of a message.
    struct ReceiptReader {
        let route: String
        let ids: SMPPSettings.ReceiptIDs
        let clock: Duration?

        init(_ settings: SMPPSettings) {
            (route, ids, clock) = (settings.name, settings.receiptIDs, settings.receiptClock)
        }

        /// Optional parameters first, then the text.
        ///
        /// - Parameters:
        ///   - isIntermediate: of an intermediate notification (esm_class 0x20): the message is under way, whatever it says.
        ///   - key: of the message, where user_message_reference gave it away.
        /// - Returns: `nil` where it names no message or says nothing.
        func receipt(_ message: ShortMessage, isIntermediate: Bool, key: String?) -> DeliveryReceipt? {
            let text = ReceiptText(message.text)
            let parameter = message.parameters[ParameterTag.receiptedMessageID].map { id in
                // A C-octet string; its NUL is left out by some.
                var id = id
                return (try? id.readCString(limit: 65))?.printableText ?? id.printableText
            }
            let network = message.parameters[ParameterTag.networkErrorCode].flatMap { code -> NetworkError? in
                guard code.readableBytes == 3, let network = code.getInteger(at: code.readerIndex, as: UInt8.self),
                    let number = code.getInteger(at: code.readerIndex + 1, as: UInt16.self)
                else { return nil }
                return NetworkError(network: network, code: number)
            }
            let state =
                message.parameters.integer(ParameterTag.messageState, as: UInt8.self).flatMap(MessageState.init(rawValue:))
                ?? text.state.flatMap(MessageState.init(text:))
            let id = parameter.flatMap { $0.isEmpty ? nil : $0 } ?? text.id ?? ""
            guard let state, !id.isEmpty || key != nil else { return nil }
            var code = state.text
            if let network {
                code += ".\(network.network)-\(network.code)"
            } else if let error = text.error, error != "000" {
                code += ".\(error)"
            }
            return DeliveryReceipt(
                route: route, gatewayID: canonical(received: id), status: isIntermediate ? .underWay : state.status(network),
                providerCode: ProviderRefusal(.unknown, provider: route, providerCode: code, of: .unknown).providerCode,
                idempotencyKey: key,
                time: clock.flatMap { text.time($0) })
        }

        /// The name that a receipt's will be compared with.
        func canonical(submitted id: String) -> String {
            switch ids {
            case .asSubmitted: id
            case .decimal: UInt64(id, radix: 16).map { "\($0)" } ?? id
            case .hexadecimal: UInt64(id).map { "\($0)" } ?? id
            }
        }

        func canonical(received id: String) -> String {
            switch ids {
            case .asSubmitted: id
            case .decimal: UInt64(id).map { "\($0)" } ?? id
            case .hexadecimal: UInt64(id, radix: 16).map { "\($0)" } ?? id
            }
        }
    }
#endif
