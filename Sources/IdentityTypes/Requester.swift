/// Who asks: what the host knows of the caller before it knows the person.
public struct Requester: Hashable, Sendable {
    /// The client's network, as the host decides it behind its own proxies: an IPv4 or IPv6 address as text. Behind proxies of the host's own it is
    /// the last address that none of them is, as the first of them reports it; what a client writes into a header itself counts for nothing.
    /// `nil` has no budget.
    public var network: String?
    /// The token this device was given when it last proved a number, from the host's cookie. One that means nothing does no harm.
    public var deviceToken: String?
    /// Bytes that stand for the host's session with this client; begin, resend and completion must bring the same. 1 to 256 bytes.
    public var session: [UInt8]
    /// Who is signed in, where somebody is: the host's own pseudonym. What an account may send and try is counted apart.
    public var pseudonym: Pseudonym?

    /// What shows that this is no flood, where the client was asked for it.
    public var proof: RequesterProof?

    public init(
        session: [UInt8], network: String? = nil, deviceToken: String? = nil, pseudonym: Pseudonym? = nil, proof: RequesterProof? = nil
    ) {
        self.session = session
        self.network = network
        self.deviceToken = deviceToken
        self.pseudonym = pseudonym
        self.proof = proof
    }
}

/// Why a client may ask or guess though its network has used up what it may.
public enum RequesterProof: Hashable, Sendable {
    /// The solution of a puzzle that this library made for the session.
    case work(String)
    /// The host vouches for this very request: an attestation of the device, an account in good standing. It goes past all limits but the money of the
    /// day and the number's own.
    case checkedByHost
    /// The client has passed a CAPTCHA, as the host has found out for this very request. It goes past the limits of its network.
    case passedCheck
    /// What the client brought from a CAPTCHA, for the check that the host has plugged in.
    case response(String)
}
