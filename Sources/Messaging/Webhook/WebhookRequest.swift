/// What came to a webhook at the host's web server, as any server framework can say it.
public struct WebhookRequest: Sendable {
    /// Such as `POST`.
    public let method: String
    /// Scheme, host, path and query as the gateway has them in its settings. Behind a proxy that is another address than the one the server sees, and
    /// signatures are made over the gateway's.
    public let url: String
    public let headers: [(name: String, value: String)]
    /// As it came, before anything is decoded.
    public let body: [UInt8]

    public init(method: String = "POST", url: String, headers: [(name: String, value: String)], body: [UInt8]) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
    }

    /// The header's value, whatever the case of its name; `nil` where there is none, or where there are several that differ.
    public func header(_ name: String) -> String? {
        let found = Set(headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value))
        return found.count == 1 ? found.first : nil
    }

    /// The first value in the query, as it stands there; `nil` without one.
    package func queryItem(_ name: String) -> String? {
        guard let mark = url.utf8.firstIndex(of: 0x3F) else { return nil }
        let query = url[url.utf8.index(after: mark)...].prefix { $0 != "#" }
        for item in query.split(separator: "&") where item.hasPrefix(name + "=") { return String(item.dropFirst(name.count + 1)) }
        return nil
    }
}

extension WebhookRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted webhook request>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
