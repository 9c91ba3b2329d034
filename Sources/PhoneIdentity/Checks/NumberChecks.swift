public import PhoneNormalization
public import RecordStorage
public import SealedStore

/// Asks a carrier's directory what kind of line a number really is: a ported number may be on another kind than its numbering plan says.
public protocol CarrierLookup: Sendable {
    /// - Parameter number: lent; kept and logged nowhere.
    /// - Returns: `nil` where the directory does not know.
    func lineType(of number: borrowing GuardedNumber) async throws -> NumberType?
}

/// Asks when the SIM card behind a number was last changed: who took over somebody's number did so lately.
public protocol SIMSwapCheck: Sendable {
    /// - Parameter number: lent; kept and logged nowhere.
    /// - Returns: `nil` where it is not known, or was never.
    func lastChange(of number: borrowing GuardedNumber) async throws -> Timestamp?
}

/// Asks whether a number has been disconnected since a time, as the Reassigned Numbers Database in the United States answers.
public protocol ReassignmentCheck: Sendable {
    /// - Parameter number: lent; kept and logged nowhere.
    /// - Returns: `nil` where it is not known.
    func wasReassigned(_ number: borrowing GuardedNumber, since time: Timestamp) async throws -> Bool?
}

/// Judges what a client brought from a CAPTCHA, which ``RequesterProof/response(_:)`` carries.
public protocol HumanCheck: Sendable {
    /// - Parameter network: of the client, where the host knows it.
    func isGood(_ response: String, from network: String?) async throws -> Bool
}

/// What a host has plugged in of outside services. Each is optional, and one that fails is observed and counts as one that does not know.
public struct NumberChecks: Sendable {
    /// Asked at a sign-up and for another number, whose kind of line then decides.
    public var carrier: (any CarrierLookup)?
    /// Asked once a code was right, at a recovery and a step-up by number.
    public var simSwap: (any SIMSwapCheck)?
    /// Asked once a code was right, at a recovery without a recent proof.
    public var reassignment: (any ReassignmentCheck)?
    public var human: (any HumanCheck)?
    /// How long after a change of the SIM card a number alone shows nothing.
    public var simSettles: Duration = .seconds(3 * 86_400)

    public init() {}
}
