/// Why somebody who is signed in is asked to show again that it is them: said in the message, on the host's page and in their history.
///
/// A code that somebody was talked out of "to confirm a delivery" says in its message what it would really do. And what a step-up shows
/// is good for its reason alone.
public enum StepUpReason: UInt8, Hashable, Sendable, CaseIterable {
    /// A sign-in from a place or a device that the host does not know.
    case suspiciousSignIn = 1
    case passwordChange = 2
    /// Another number takes the place of the one there is, or a first one is added.
    case numberChange = 3
    /// The same for an e-mail address.
    case emailChange = 4
    /// An authenticator app is set up or removed, or recovery codes are replaced.
    case methodChange = 5
    /// Everything that is held about the person is put together, their history included.
    case dataExport = 6
    case accountErasure = 7
    case payment = 8
    /// They vouch for somebody as their guardian.
    case guardianApproval = 9
    /// Any other change that matters; the host's own page says which.
    case sensitiveChange = 10
    /// A phone, an address or an app was lost: good for setting up new ones. What a recovery ends with.
    case lostMethod = 11

    /// Whether what was shown for this reason is good for an action that demands `action`.
    public func covers(_ action: StepUpReason) -> Bool {
        if self == action { return true }
        return self == .lostMethod && [.numberChange, .emailChange, .methodChange].contains(action)
    }
}
