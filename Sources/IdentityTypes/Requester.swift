/// Who asks: what the host knows of the caller before it knows the person.
public struct Requester: Hashable, Sendable {
    /// The client's network, as the host decides it behind its own proxies: an IPv4 or IPv6 address as text. No budget
    /// hangs on it yet.
    public var network: String?
    /// The token this device was given when it last proved a number, from the host's cookie. One that means nothing does no harm.
    public var deviceToken: String?
    /// Bytes that stand for the host's session with this client; begin, resend and completion must bring the same. 1 to 256 bytes.
    public var session: [UInt8]
    /// Who is signed in, where somebody is: the host's own pseudonym. What an account may send and try is counted apart.
    public var pseudonym: Pseudonym?

    public init(session: [UInt8], network: String? = nil, deviceToken: String? = nil, pseudonym: Pseudonym? = nil) {
        self.session = session
        self.network = network
        self.deviceToken = deviceToken
        self.pseudonym = pseudonym
    }
}
