/// Something a host's metrics and logs may know: a name, a count, a code. Never a number, a code, a key or a tag.
public struct Observation: Hashable, Sendable {
    /// Which part of the library.
    public enum Component: String, Hashable, Sendable, CaseIterable {
        case service, dispatcher, transport, sequencer, sweeper, keyService = "key-service"
    }

    /// What a metric may be divided by: each has few values, whoever uses the service.
    public enum Label: String, Hashable, Sendable, CaseIterable {
        /// A transport's name.
        case route
        /// Two letters of a country.
        case region
        case channel
        case purpose
        /// Why a gateway refused.
        case cause
    }

    public let component: Component
    /// What happened, such as `sequenced` or `send-failed`.
    public let name: String
    /// How many, or 1.
    public let count: Int
    /// The stable code of an error, where one is reported.
    public let errorCode: String?
    public let labels: [Label: String]

    public init(_ component: Component, _ name: String, count: Int = 1, errorCode: String? = nil, labels: [Label: String] = [:]) {
        self.component = component
        self.name = name
        self.count = count
        self.errorCode = errorCode
        self.labels = labels
    }
}

/// Where observations go: one small adapter for the host's logging, metrics and tracing.
public protocol Observer: Sendable {
    func observe(_ observation: Observation)

    /// Runs an operation, for instance as a span of the host's tracing, and measures how long it takes. Must run it, once, and give on what it
    /// returns or throws.
    func measure<Value, Failure: Error>(
        _ operation: ObservedOperation, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value
}

extension Observer {
    /// Runs it and measures nothing.
    public func measure<Value, Failure: Error>(
        _ operation: ObservedOperation, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await body()
    }
}

/// What takes time, for spans and timers. It has no attributes: none could be a number.
public enum ObservedOperation: String, Hashable, Sendable, CaseIterable {
    case begin, resend, complete, export, erase, receive
    /// One message to its gateway, with all tries.
    case handOver = "hand-over"
    /// One round over everything that is over.
    case sweep
}

/// Observes nothing.
public struct NoObserver: Observer {
    public init() {}
    public func observe(_ observation: Observation) {}
}
