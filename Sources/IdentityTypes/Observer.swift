/// Something a host's metrics and logs may know: a name, a count, a code. Never a number, a code, a key or a tag.
public struct Observation: Hashable, Sendable {
    /// Which part of the library.
    public enum Component: String, Hashable, Sendable, CaseIterable {
        case service, dispatcher, transport, sequencer, sweeper, keyService = "key-service"
    }

    public let component: Component
    /// What happened, such as `sequenced` or `send-failed`.
    public let name: String
    /// How many, or 1.
    public let count: Int
    /// The stable code of an error, where one is reported.
    public let errorCode: String?

    public init(_ component: Component, _ name: String, count: Int = 1, errorCode: String? = nil) {
        self.component = component
        self.name = name
        self.count = count
        self.errorCode = errorCode
    }
}

/// Where observations go: one small adapter for the host's logging, metrics and tracing.
public protocol Observer: Sendable {
    func observe(_ observation: Observation)
}

/// Observes nothing.
public struct NoObserver: Observer {
    public init() {}
    public func observe(_ observation: Observation) {}
}
