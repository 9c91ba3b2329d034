#if Observability
    import CoreMetrics
    public import IdentityTypes
    public import Logging
    public import Metrics
    public import Tracing

    /// Hands what the library observes to the host's logs (swift-log), metrics (swift-metrics) and traces (swift-distributed-tracing).
    ///
    /// Each observation is one line of log, of a level that says whether somebody should look, and one count of the counter `phone_identity_events`.
    /// Each operation is a span and one sample of the timer `phone_identity_operation_seconds`. What each name means, and what to alert on, is in
    /// `Documentation/Observability.md`. None of it holds a number, a code, a key, a tag or a pseudonym: observations have no place for any.
    public struct ServerObserver: Observer {
        private let logger: Logger
        private let metrics: any MetricsFactory
        private let tracer: (any Tracer)?

        /// - Parameters:
        ///   - metrics: where counters and timers go; the process's own unless said.
        ///   - tracer: where spans go; the process's own unless said.
        public init(logger: Logger, metrics: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil) {
            self.logger = logger
            self.metrics = metrics ?? MetricsSystem.factory
            self.tracer = tracer
        }

        public func observe(_ observation: Observation) {
            var metadata: Logger.Metadata = ["component": "\(observation.component.rawValue)", "count": "\(observation.count)"]
            var dimensions = [("component", observation.component.rawValue), ("event", observation.name)]
            if let code = observation.errorCode {
                metadata["error"] = "\(code)"
                dimensions.append(("error", code))
            }
            for label in Observation.Label.allCases {
                guard let value = observation.labels[label] else { continue }
                metadata[label.rawValue] = "\(value)"
                dimensions.append((label.rawValue, value))
            }
            logger.log(level: Self.level(of: observation), "\(observation.name)", metadata: metadata)
            Counter(label: "phone_identity_events", dimensions: dimensions, factory: metrics).increment(by: observation.count)
        }

        public func measure<Value, Failure: Error>(
            _ operation: ObservedOperation, _ body: () async throws(Failure) -> Value
        ) async throws(Failure) -> Value {
            let start = ContinuousClock.now
            let span = (tracer ?? InstrumentationSystem.tracer).startAnySpan("phone-identity \(operation.rawValue)", ofKind: .internal)
            let result = await ServiceContext.withValue(span.context) { () async -> Result<Value, Failure> in
                do throws(Failure) { return .success(try await body()) } catch { return .failure(error) }
            }
            var outcome = "done"
            if case .failure = result {
                // An error's text is no attribute: its code is in the observation.
                span.setStatus(SpanStatus(code: .error))
                outcome = "failed"
            }
            span.end()
            Timer(
                label: "phone_identity_operation_seconds", dimensions: [("operation", operation.rawValue), ("outcome", outcome)],
                factory: metrics
            ).record(duration: ContinuousClock.now - start)
            return try result.get()
        }

        /// Whether somebody should look: at once (error), today (warning), or only who searches (info, debug).
        static func level(of observation: Observation) -> Logger.Level {
            switch observation.name {
            case "stopped", "log-forked", "log-head-forgotten", "release-not-signed", "break-glass-released", "history-budget-spent",
                "evaluation-budget-spent":
                .error
            case "sequencing-failed", "sweep-failed", "notices-failed", "not-recorded", "outcome-not-recorded", "erasure-waits",
                "notice-has-no-handler", "notice-unreadable", "conversation-handler-failed", "inbound-has-no-handler", "bind-failed",
                "connection-failed",
                "unknown", "unreadable", "unexpected-answer", "receipt-unreadable":
                .warning
            case "handed-over", "sequenced", "swept": .debug
            default: .info
            }
        }
    }
#else
    @available(
        *, unavailable,
        message:
            "ServerObserver needs swift-log, swift-metrics and swift-distributed-tracing: enable the package trait Observability of swift-phone-identity."
    )
    public enum ServerObserver {}
#endif
