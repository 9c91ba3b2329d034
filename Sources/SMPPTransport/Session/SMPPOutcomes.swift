#if SMPP
    import Synchronization

    /// What came of every submit_sm since the gateway was made. A message of three parts counts three times.
    public struct SMPPOutcomes: Hashable, Sendable {
        public internal(set) var accepted = 0
        public internal(set) var refused = 0
        public internal(set) var notSent = 0
        /// Written, and never answered. Nobody knows; the gateway sends none of them again.
        public internal(set) var unknown = 0
        /// Receipts that settled a message whose outcome was unknown.
        public internal(set) var settled = 0
    }

    final class OutcomeCounts: Sendable {
        private let counts = Mutex(SMPPOutcomes())
        var now: SMPPOutcomes { counts.withLock { $0 } }
        func count(_ change: (inout SMPPOutcomes) -> Void) { counts.withLock { change(&$0) } }
    }
#else
    @available(*, unavailable, message: "SMPPOutcomes needs SwiftNIO: enable the package trait SMPP of swift-phone-identity.")
    public struct SMPPOutcomes {}
#endif
