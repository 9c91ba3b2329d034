/// How a gateway is reached over HTTPS.
public struct HTTPSettings: Hashable, Sendable {
    /// For the connection and its TLS.
    public var connectTimeout: Duration = .seconds(5)
    /// From the call to the last byte of the answer.
    public var timeout: Duration = .seconds(20)
    /// Messages at the same time, each on a connection of its own.
    public var concurrency = 8
    /// How long a connection is kept for the next message. Shorter than the gateway keeps it: what is written on a connection that the other end closes meanwhile
    /// may have been sent.
    public var idleTimeout: Duration = .seconds(10)
    /// A PEM file with the authorities that may have signed the gateway's certificate; `nil`: those that the system trusts.
    public var authorities: String?

    public init() {}
}
