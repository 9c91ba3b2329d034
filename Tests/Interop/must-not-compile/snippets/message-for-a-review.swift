// Refused: requires that 'Purposes.TermsOfServiceReview' conform to 'MessagingPurpose'
import IdentityTypes

private func send<Use: MessagingPurpose>(_ grant: consuming Grant<Use>) {}

private func host(_ review: consuming Grant<Purposes.TermsOfServiceReview>, _ alert: consuming Grant<Purposes.SecurityAlert>) {
    send(review)  // refused; instead: send(alert)
}
