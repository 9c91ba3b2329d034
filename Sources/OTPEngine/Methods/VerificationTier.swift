public import RecordStorage

/// A method that a person has completed.
public struct CompletedMethod: Hashable, Sendable {
    public let kind: MethodKind
    public let assurance: Assurance
    /// When it was last.
    public let completedAt: Timestamp

    public init(_ kind: MethodKind, _ assurance: Assurance, at time: Timestamp) {
        (self.kind, self.assurance, completedAt) = (kind, assurance, time)
    }
}

/// What a service may rest on a person, computed from the methods they have completed.
public enum VerificationTier: String, Hashable, Sendable, CaseIterable {
    /// Nothing.
    case unverified
    /// Something, but no phone number.
    case alternative
    /// Possession of a phone number.
    case phone
    /// A phone number, and possession of something that does not rest on it.
    case phoneWithStepUp = "phone-with-step-up"
    /// A guardian answers for them, whatever else they have completed: a host enables only what it offers to minors.
    case supervisedMinor = "supervised-minor"

    /// - Parameter completed: each kind at most once; in any order.
    public init(of completed: some Collection<CompletedMethod>) {
        if completed.contains(where: { $0.kind == .guardian }) {
            self = .supervisedMinor
        } else if completed.contains(where: { $0.kind.isPhone }) {
            self = completed.contains { !$0.kind.isPhone && $0.assurance >= .possession } ? .phoneWithStepUp : .phone
        } else {
            self = completed.isEmpty ? .unverified : .alternative
        }
    }
}
