// Refused: cannot find type 'SealedBody' in scope
import SealedStore

private func host(_ body: SealedBody?) {}  // refused; instead: private func host(_ body: PreparedEnrolment?) {}
