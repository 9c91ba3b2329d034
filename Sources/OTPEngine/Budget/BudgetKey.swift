public import CryptoPrimitives

/// What device tokens and the names of shared budgets rest on: 32 bytes, shared by all hosts for the life of the deployment.
///
/// Replacing it costs no secret and no number's budget: devices are strangers again, and the budgets of accounts and those that are shared
/// start anew.
public final class BudgetKey: Sendable {
    let secret: SecretBytes

    public init(secret: consuming SecretBytes) {
        precondition(secret.count == 32, "A budget key has 32 bytes.")
        self.secret = secret
    }
}

extension BudgetKey: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
