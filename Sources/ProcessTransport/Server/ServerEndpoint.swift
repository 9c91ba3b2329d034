#if Processes
    /// Where a server listens.
    public enum ServerEndpoint: Sendable {
        /// A Unix domain socket, for callers on the same machine.
        ///
        /// - Parameters:
        ///   - path: In a directory in which nobody but this process's user and root may write; up to 103 bytes (99 on macOS).
        ///   - mode: The socket's permissions. Who may connect is then still the ``PeerPolicy``'s to say.
        case unixSocket(path: String, mode: UInt32 = 0o600)
        /// TLS 1.3 between certificates that both ends know in advance. Port 0 lets the system choose.
        case tls(host: String, port: Int, identity: TLSIdentity)
    }

    /// What a server tells of its connections. Nothing in it comes from an unknown peer.
    public enum ServerEvent: Hashable, Sendable {
        public enum Refusal: Hashable, Sendable {
            /// The policy does not list this user.
            case unknownUser(UInt32)
            /// The peer may not have the role it asked for.
            case roleNotAllowed(Peer.Identity)
            /// The TLS handshake failed: no certificate, an unknown or expired one, no TLS 1.3.
            case handshake
            /// It did not say which role it wants, or not in time.
            case noGreeting
            case tooManyConnections
        }

        /// Why a connection that was served ended.
        public enum Ending: Hashable, Sendable {
            case closedByPeer, idle, stopping
            /// What it sent is no frame, or a frame that cannot be next.
            case malformed
            /// It left a frame unfinished or an answer unread for too long.
            case stalled
            /// The handler's answer is empty or larger than the limit.
            case invalidAnswer
        }

        /// Callers may connect; over TLS at this port.
        case listening(port: Int?)
        case refused(Refusal)
        case opened(Peer)
        case closed(Peer, Ending)
    }
#else
    @available(*, unavailable, message: "ServerEndpoint needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public enum ServerEndpoint {}
    @available(*, unavailable, message: "ServerEvent needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public enum ServerEvent {}
#endif
