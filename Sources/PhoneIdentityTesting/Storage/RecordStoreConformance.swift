public import RecordStorage

/// Checks that a store keeps the contract of `RecordStore`, which every security promise of the library rests on.
///
/// ```swift
/// @Test func conformance() async throws {
///     try await RecordStoreConformance { try await MyStore(path: temporaryPath()) }.run()
/// }
/// ```
///
/// Works with any test library, or none: it throws. The closure is called once for each check. It may give
/// a new store every time or the same one again; every check keeps to a collection with a name of its own, and leaves
/// its records there.
///
/// A database that several processes use is checked as they use it: with `sharesData` the closure is called twice for each check, and
/// gives two stores over the same data. Every call then goes to one of the two, so that what one keeps to itself is missed by the other.
public struct RecordStoreConformance: Sendable {
    private let largestValue: Int
    private let sharesData: Bool
    private let makeStore: @Sendable () async throws -> any RecordStore

    /// - Parameters:
    ///   - largestValue: Bytes of the largest value the store takes. Less than the contract's for a store that adds something
    ///     of its own to every value and stands before another one.
    ///   - sharesData: Whether the stores that `makeStore` gives are over the same data, two of them at once.
    ///   - makeStore: Opens a store.
    public init(
        largestValue: Int = RecordLimits.value, sharesData: Bool = false,
        _ makeStore: @escaping @Sendable () async throws -> any RecordStore
    ) {
        self.largestValue = largestValue
        self.sharesData = sharesData
        self.makeStore = makeStore
    }

    /// Runs every check.
    ///
    /// - Throws: ``ConformanceFailure`` with a sentence for each check that failed; what the closure throws.
    public func run() async throws {
        try await run(ConformanceCheck.all + ConformanceCheck.large)
    }

    func run(_ checks: [ConformanceCheck]) async throws {
        var failures: [String] = []
        for check in sharesData ? ConformanceCheck.sharedData + checks : checks {
            var hosts = [try await makeStore()]
            if sharesData { hosts.append(try await makeStore()) }
            let room = ConformanceRoom(hosts: hosts, largestValue: largestValue)
            do {
                try await check.body(room)
            } catch let broken as BrokenContract {
                failures.append("\(check.name): \(broken.reason)")
            } catch let error as StorageError {
                failures.append("\(check.name): the store threw \(error) where the contract has no such error")
            }
        }
        guard failures.isEmpty else { throw ConformanceFailure(of: "RecordStore", failures: failures) }
    }
}

/// What a store or a transport does otherwise than its contract says.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// A sentence for each check that failed; it starts with the check's name.
    public let failures: [String]
    /// The protocol whose contract it is.
    public let contract: String

    init(of contract: String, failures: [String]) { (self.contract, self.failures) = (contract, failures) }

    public var description: String {
        "It breaks the contract of \(contract):\n" + failures.map { "- \($0)" }.joined(separator: "\n")
    }
}

/// One clause of the contract, and what proves it.
struct ConformanceCheck: Sendable {
    let name: String
    let body: @Sendable (ConformanceRoom) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (ConformanceRoom) async throws -> Void) {
        self.name = name
        self.body = body
    }

    static let all = commits + reads + limits + concurrency + cancellation + histories
}

/// A clause of the contract that did not hold.
struct BrokenContract: Error {
    let reason: String
}
