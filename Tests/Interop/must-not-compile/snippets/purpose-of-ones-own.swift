// Refused: initializer is inaccessible due to 'package' protection level
import IdentityTypes

private let news = Purposes.ProductUpdate.token

private enum Advertising: Purpose {
    static var token: PurposeToken { .init(.productUpdate) }  // refused; instead: static var token: PurposeToken { news }
}
