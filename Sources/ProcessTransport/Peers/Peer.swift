#if Processes
    /// Who sends a request, as the operating system or its certificate says, in the role it chose and may have.
    public struct Peer: Hashable, Sendable {
        public enum Identity: Hashable, Sendable {
            /// On the same machine: what the kernel tells of the process that connected.
            case process(user: UInt32, group: UInt32, id: Int32)
            /// Over TLS: the certificate whose key it proved to hold.
            case certificate(PinnedCertificate)
        }

        public let identity: Identity
        /// Such as `host` or `sender`.
        public let role: String

        public init(identity: Identity, role: String) {
            self.identity = identity
            self.role = role
        }
    }

    /// Who may connect to a server, and as what. Whoever is not listed is closed without an answer.
    public struct PeerPolicy: Hashable, Sendable {
        /// The roles of each user id on this machine; names of 1...32 bytes in UTF-8.
        public var users: [UInt32: Set<String>]
        /// The roles of each client certificate.
        public var certificates: [PinnedCertificate: Set<String>]

        public init(users: [UInt32: Set<String>] = [:], certificates: [PinnedCertificate: Set<String>] = [:]) {
            self.users = users
            self.certificates = certificates
        }

        func roles(of identity: Peer.Identity) -> Set<String> {
            switch identity {
            case .process(let user, _, _): users[user] ?? []
            case .certificate(let certificate): certificates[certificate] ?? []
            }
        }
    }
#else
    @available(*, unavailable, message: "Peer needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public struct Peer {}
    @available(*, unavailable, message: "PeerPolicy needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public struct PeerPolicy {}
#endif
