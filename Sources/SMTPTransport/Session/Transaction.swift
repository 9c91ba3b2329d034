#if SMTP
    import Messaging
    import NIOCore
    import Synchronization

    /// One call of ``SMTPGateway/send(_:)``.
    final class Call: Sendable {
        let isCancelled = Atomic(false)
    }

    /// One message on its way, until it has its outcome. Used on the event loop only.
    ///
    /// What waits for a connection is the guarded message itself; it is written out when its turn comes.
    final class Transaction {
        let message: OutboundMessage
        let call: Call
        /// When it is given up, if it still waits for a connection then.
        let deadline: NIODeadline
        /// Whether it was on a connection already that the server had closed, or had enough of.
        var isRetried = false
        private var continuation: CheckedContinuation<Result<String, TransportError>, Never>?

        init(
            _ message: OutboundMessage, call: Call, deadline: NIODeadline,
            continuation: CheckedContinuation<Result<String, TransportError>, Never>
        ) {
            (self.message, self.call, self.deadline, self.continuation) = (message, call, deadline, continuation)
        }

        /// - Parameter result: the gateway's name of the message, or why there is none.
        func settle(_ result: Result<String, TransportError>) {
            continuation?.resume(returning: result)
            continuation = nil
        }
    }
#endif
