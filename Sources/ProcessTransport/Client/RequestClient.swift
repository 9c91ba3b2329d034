#if Processes
    import NIOCore
    import NIOPosix
    public import RecordStorage
    import Synchronization

    /// Sends requests to another process, over one connection that all callers share.
    ///
    /// It connects when there is a request, again after the connection was lost, and not at all while there is nothing to do. It repeats nothing:
    /// whether a request may be sent again is the caller's to say, by the error's code.
    public final class RequestClient: Sendable {
        private let limits: TransportLimits
        private let loop: any EventLoop
        private let core: NIOLoopBoundBox<ClientCore>

        /// - Parameters:
        ///   - role: One that the server's ``PeerPolicy`` gives to this process; 1...32 bytes of UTF-8.
        ///   - time: What the server's certificate expires by.
        /// - Throws: ``ProcessError`` with code `.invalidSetting`.
        public init(
            endpoint: ClientEndpoint, role: String, limits: TransportLimits = TransportLimits(),
            time: any TimeSource = SystemTimeSource()
        ) throws(ProcessError) {
            guard (1...Greeting.longestRole).contains(role.utf8.count) else {
                throw ProcessError(.invalidSetting, "A role's name has 1 to \(Greeting.longestRole) bytes.")
            }
            var tls: PinnedTLS?
            if case .tls(_, _, let identity, let server) = endpoint {
                tls = try PinnedTLS(identity: identity, pins: server, isServer: false, time: time)
            }
            self.limits = limits
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            self.loop = loop
            core = .makeBoxSendingValue(ClientCore(endpoint: endpoint, tls: tls, role: role, limits: limits, loop: loop), eventLoop: loop)
        }

        deinit {
            loop.execute { [core] in _ = core.value.shutDown() }
        }

        /// Sends a request and waits for its answer.
        ///
        /// Cancelling the task ends the wait at once; so does `timeout`, which counts from the call.
        ///
        /// - Parameter payload: 1 byte to `limits.payload`.
        /// - Throws: ``ProcessError`` with code `.unavailable` or `.cancelled` where the request certainly was not begun, `.outcomeUnknown` where it
        ///   may have been, `.refused` or `.invalidSize`.
        public func request(_ payload: [UInt8], timeout: Duration) async throws(ProcessError) -> [UInt8] {
            guard (1...limits.payload).contains(payload.count) else {
                throw ProcessError(.invalidSize, "A request has 1 to \(limits.payload) bytes, and this one has \(payload.count).")
            }
            let call = Call()
            let deadline = NIODeadline.now() + timeout.timeAmount
            let outcome: Result<[UInt8], ProcessError> = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    loop.execute { [core] in
                        core.value.submit(WaitingCall(call: call, payload: payload, deadline: deadline, continuation: continuation))
                    }
                }
            } onCancel: {
                // Seen by `submit` if this comes first.
                call.isCancelled.store(true, ordering: .releasing)
                loop.execute { [core] in core.value.cancel(call) }
            }
            return try outcome.get()
        }

        /// Closes the connection, and returns once it is closed. Requests under way throw ``ProcessError/Code/outcomeUnknown``, later ones
        /// ``ProcessError/Code/unavailable``.
        public func shutdown() async {
            try? await loop.flatSubmit { [core] in core.value.shutDown() }.get()
        }
    }

    /// One call of ``RequestClient/request(_:timeout:)``.
    final class Call: Sendable {
        let isCancelled = Atomic(false)
    }

    /// A call with what it waits with.
    struct WaitingCall: Sendable {
        let call: Call
        let payload: [UInt8]
        let deadline: NIODeadline
        let continuation: CheckedContinuation<Result<[UInt8], ProcessError>, Never>

        func end(_ result: Result<[UInt8], ProcessError>) { continuation.resume(returning: result) }
    }
#else
    @available(*, unavailable, message: "RequestClient needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public final class RequestClient {}
#endif
