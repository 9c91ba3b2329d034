public import RecordStorage

/// What several tasks asked of a store at once, and what it answered: made by a ``HistoryRecorder``, judged by ``violation()``.
///
/// Times are ticks of one counter: an operation that ended before another began has the smaller tick. Every call has to be in it
/// that wrote to the keys in question, and they begin without a record.
public struct RecordHistory: Sendable {
    /// What became of a commit, as far as its caller was told.
    public enum Outcome: Hashable, Sendable {
        /// It returned.
        case made
        /// It threw this code, any but `.outcomeUnknown`: it wrote nothing and never will.
        case refused(StorageError.Code)
        /// It threw `.outcomeUnknown`, or had not returned yet: it may have landed, may land at any later time, or never.
        case unknown
    }

    /// One call of a store and its answer. Reads that threw tell nothing and are not in a history.
    public enum Call: Hashable, Sendable {
        case read([RecordKey], answer: [StoredRecord?])
        case range(RecordRange, limit: Int, answer: [StoredRecord])
        case commit([RecordChange], Outcome)
    }

    /// A call with its interval.
    public struct Operation: Hashable, Sendable {
        public var call: Call
        /// The tick before the call was made.
        public var began: Int
        /// The tick after it was answered; `Int.max` for one that was not.
        public var ended: Int

        public init(_ call: Call, began: Int, ended: Int) {
            self.call = call
            self.began = began
            self.ended = ended
        }
    }

    /// In any order; a violation names them by their place here.
    public var operations: [Operation]

    public init(_ operations: [Operation] = []) {
        self.operations = operations
    }

    /// The first breach of the contract of `RecordStore` that shows in this history; `nil` when there is none.
    ///
    /// The history is right when all commits that were made, and some of those whose outcome is unknown, can be put into
    /// one order such that
    /// - each finds every version it expects, as the commits before it left them, and
    /// - for each key by itself, this order, and a moment for each read between two commits, agree with time: what ended before
    ///   something else began comes first.
    ///
    /// So commits are serializable among each other, and each key is linearizable. Commits without a common key may take effect in
    /// another order than time's, and a reader may see part of a commit: the contract allows both. What was refused must have left
    /// nothing; a refusal itself needs no reason, since a deadlock is one. A read of several keys is one read a key. A range is
    /// a read of each record in it and, for every other key of its span that the history knows, a read that found nothing.
    ///
    /// A version is written once. So the versions of a key form chains, each replaced by the one that expected it, from a claim to a
    /// deletion; and whether these lives of a record can be put in order is decided exactly by comparing them two at a time.
    /// The order of commits is the search for an order of lives, where time leaves several, without a cycle among commits; what
    /// every order has is followed first. After 256 guesses the history is taken for right.
    ///
    /// Of commits whose outcome is unknown, those have landed of which a put was seen. One that was not seen may explain why
    /// a record went; it is then looked at on that key alone, so that the half of it, elsewhere, is not missed.
    /// A commit that is sent again with the same changes, as after an unknown outcome, counts as one commit.
    ///
    /// - Complexity: Linear in operations and changes, but for: each key's lives squared, its lives times the reads that
    ///   found nothing, each range times the known keys of its collection, and for each of the few guesses commits times links / 64.
    public func violation() -> HistoryViolation? {
        do throws(HistoryViolation) {
            let census = try CommitCensus(self)
            var lives: [RecordLife] = []
            for timeline in try KeyTimeline.all(of: self, census) { lives += try timeline.lives(census) }
            try CommitOrder(census, lives).check()
            return nil
        } catch {
            return error
        }
    }
}
