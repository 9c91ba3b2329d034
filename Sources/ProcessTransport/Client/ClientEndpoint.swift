#if Processes
    /// Where the server is, and how to know it.
    public enum ClientEndpoint: Sendable {
        /// - Parameter user: The user id the server must run as; `nil` trusts whoever could put a socket at that path.
        case unixSocket(path: String, user: UInt32? = nil)
        /// - Parameter server: The certificates of which the server must hold one; two while one replaces the other.
        case tls(host: String, port: Int, identity: TLSIdentity, server: Set<PinnedCertificate>)
    }
#else
    @available(*, unavailable, message: "ClientEndpoint needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public enum ClientEndpoint {}
#endif
