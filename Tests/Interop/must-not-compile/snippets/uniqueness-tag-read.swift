// Refused: 'bytes' is inaccessible due to 'package' protection level
import IdentityTypes

private func host(_ uniqueness: UniquenessTag, _ budget: BudgetTag) -> [UInt8] {
    uniqueness.bytes  // refused; instead: budget.bytes
}
