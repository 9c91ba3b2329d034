#if SMPP
    import Messaging
    import NIOCore
    import Synchronization

    /// One call of ``SMPPGateway/send(_:)``.
    final class Call: Sendable {
        let isCancelled = Atomic(false)
    }

    /// What comes of a part.
    enum PartOutcome {
        case accepted(String)
        case failed(TransportError)
    }

    /// A message with its parts, until each has its outcome. Used on the event loop only.
    final class Submission {
        let call: Call
        let tags: MessageTags
        let destination: MessageDestination
        private let continuation: CheckedContinuation<Result<[String], TransportError>, Never>?
        private var outcomes: [PartOutcome?]
        private var open: Int

        init(
            call: Call, tags: MessageTags, destination: MessageDestination, count: Int,
            continuation: CheckedContinuation<Result<[String], TransportError>, Never>?
        ) {
            (self.call, self.tags, self.destination, self.continuation) = (call, tags, destination, continuation)
            outcomes = Array(repeating: nil, count: count)
            open = count
        }

        var count: Int { outcomes.count }

        func settle(_ index: Int, _ outcome: PartOutcome) {
            guard outcomes[index] == nil else { return }
            outcomes[index] = outcome
            open -= 1
            if open == 0 { continuation?.resume(returning: result) }
        }

        /// A message is sent if all of it is, and certainly not if nothing of it is.
        private var result: Result<[String], TransportError> {
            var (ids, errors): ([String], [TransportError]) = ([], [])
            for outcome in outcomes {
                switch outcome {
                case .accepted(let id): ids.append(id)
                case .failed(let error): errors.append(error)
                case nil: break
                }
            }
            guard let first = errors.first else { return .success(ids.filter { !$0.isEmpty }) }
            if errors.count < outcomes.count {
                return .failure(
                    TransportError(
                        .maybeSent, "The message centre took \(outcomes.count - errors.count) of \(outcomes.count) parts. \(first.reason)",
                        refusal: first.refusal))
            }
            return .failure(
                errors.first { $0.code == .maybeSent } ?? errors.first { $0.code == .refused } ?? errors.first { $0.retryAfter != nil }
                    ?? first)
        }
    }

    /// One submit_sm. Used on the event loop only.
    final class Part {
        let submission: Submission
        let index: Int
        /// The PDU, until it is wiped.
        private(set) var bytes: ByteBuffer
        /// When it is given up, if it still waits then.
        let deadline: NIODeadline
        /// Whether the kernel has all of it.
        var isWritten = false

        init(_ submission: Submission, _ index: Int, _ bytes: ByteBuffer, deadline: NIODeadline) {
            (self.submission, self.index, self.bytes, self.deadline) = (submission, index, bytes, deadline)
        }

        /// Whether it may have to be written again: a part that the message centre has too much for is not lost for the others.
        var mayBeRepeated: Bool { submission.count > 1 }

        func number(_ sequence: UInt32) { bytes.setInteger(sequence, at: SubmitEncoder.sequenceOffset) }

        /// Number and text go, in place where nobody else holds them. What the kernel and TLS keep in their buffers is out of reach.
        func wipe() { bytes.wipe() }

        func settle(_ outcome: PartOutcome) {
            wipe()
            submission.settle(index, outcome)
        }
    }
#endif
