// Refused: 'Marketing' is not a member type of enum 'IdentityTypes.Purposes'
import IdentityTypes

private typealias News = Purposes.Marketing  // refused; instead: private typealias News = Purposes.ProductUpdate
private func host() -> PurposeCode { News.token.code }
