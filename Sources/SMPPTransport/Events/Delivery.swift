#if SMPP
    import Messaging
    import NIOCore

    /// An event on its way to the handler, and how its deliver_sm is answered then.
    struct Delivery: Sendable {
        /// What is known of it on the event loop.
        final class Origin {
            let connection: SMPPConnection
            let inbox: GatewayInbox
            let command: Command
            let sequence: UInt32
            let closing: GatewayInbox.Closing?

            init(_ unit: ProtocolUnit, _ connection: SMPPConnection, _ inbox: GatewayInbox, _ closing: GatewayInbox.Closing? = nil) {
                (command, sequence, self.connection, self.inbox, self.closing) = (unit.command, unit.sequence, connection, inbox, closing)
            }
        }

        let event: TransportEvent
        private let origin: NIOLoopBound<Origin>
        private let loop: any EventLoop

        init(_ event: TransportEvent, _ origin: Origin, on loop: any EventLoop) {
            (self.event, self.origin, self.loop) = (event, NIOLoopBound(origin, eventLoop: loop), loop)
        }

        func answer(isTaken: Bool) {
            loop.execute { [origin] in origin.value.inbox.answer(origin.value, isTaken: isTaken) }
        }

        /// Hands events to a handler as they come, and answers each when it took it.
        ///
        /// - Parameter limit: how many at a time.
        static func handle(_ deliveries: AsyncStream<Delivery>, _ events: any TransportEventHandler, atOnce limit: Int) async {
            await withTaskGroup(of: Void.self) { group in
                var underWay = 0
                for await delivery in deliveries {
                    if underWay == limit {
                        await group.next()
                        underWay -= 1
                    }
                    underWay += 1
                    group.addTask {
                        do {
                            try await events.receive(delivery.event)
                            delivery.answer(isTaken: true)
                        } catch {
                            delivery.answer(isTaken: false)
                        }
                    }
                }
            }
        }
    }
#endif
