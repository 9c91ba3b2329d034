// Refused: requires that 'News' (aka 'Purposes.ProductUpdate') conform to 'RevealPurpose'
import IdentityTypes
import RecordStorage
import SealedStore

private func request(_ draft: RevealDraft, _ roster: [UInt8], _ custodians: CustodianSet, _ me: PersonKeyring) throws -> RevealFile {
    typealias News = Purposes.ProductUpdate
    typealias Review = Purposes.TermsOfServiceReview
    func file<Use: RevealPurpose>(_ purpose: Use.Type) throws -> RevealFile {
        try RevealFile(
            requesting: draft, for: purpose, caseText: "Why.", roster: roster, custodians: custodians, requester: me,
            notBefore: Timestamp(milliseconds: 0), random: SystemRandomSource())
    }
    return try file(News.self)  // refused; instead: return try file(Review.self)
}
