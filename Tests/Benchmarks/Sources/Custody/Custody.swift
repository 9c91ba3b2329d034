// figures seal-vs-c, open-vs-c, signup-seal, reveal, approvals-check: the computing of custody, on one core but for the last.
import CSealing
import Foundation
import Measuring
import PhoneIdentityTesting

@main
struct Custody {
    static func main() async throws {
        let custody = try CustodyCryptography()
        switch CommandLine.arguments.dropFirst().first {
        case "seal-vs-c":
            compare("seal-vs-c", "seal", library: { _ = custody.sealBodies($0) }, c: { _ = sealing_seal(UInt64($0)) })
        case "open-vs-c":
            compare(
                "open-vs-c", "open", library: { count in do { try custody.openBodies(count) } catch { fatalError("\(error)") } },
                c: { precondition(sealing_open(UInt64($0)) == UInt64($0)) })
        case "signup-seal": try await signUpSeal(custody)
        case "reveal": try await reveal(custody)
        case "approvals-check": try await approvalsCheck(custody)
        case let name: fatalError("There is no figure \(name ?? "without a name") here.")
        }
    }

    /// Both in turn for 101 rounds of 2,000, as processor time: the median of the rounds' ratios, as the clock swings from round to round.
    private static func compare(_ name: String, _ verb: String, library: (Int) -> Void, c: (Int) -> Void) {
        let count = 2_000
        var (ours, theirs, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for round in -10..<101 {
            let mine = processorNanoseconds { library(count) } / Double(count)
            let other = processorNanoseconds { c(count) } / Double(count)
            guard round >= 0 else { continue }
            ours.append(mine)
            theirs.append(other)
            ratios.append(mine / other)
        }
        print(
            String(
                format: "figure \(name) %.3f x; \(verb) %.0f ns, the same libsodium calls in C %.0f ns, ratio of the medians %.3f",
                median(ratios), median(ours), median(theirs), median(ours) / median(theirs)))
    }

    private static func signUpSeal(_ custody: CustodyCryptography) async throws {
        var (one, both): ([Double], [Double]) = ([], [])
        for round in -3..<31 {
            let standard = try await microseconds(20) { _ in try await custody.sealSignUp(quorums: 1) }
            let all = try await microseconds(20) { _ in try await custody.sealSignUp(quorums: 2) }
            guard round >= 0 else { continue }
            one.append(standard)
            both.append(all)
        }
        print(
            String(
                format: "figure signup-seal %.3f ms; with the envelope for people on call too %.3f ms", median(one) / 1_000,
                median(both) / 1_000))
    }

    private static func reveal(_ custody: CustodyCryptography) async throws {
        let reveal = try custody.requestReveal()
        var times: [Double] = []
        for round in -3..<31 {
            let time = try await microseconds(5) { _ in try await custody.open(reveal) }
            if round >= 0 { times.append(time) }
        }
        print(String(format: "figure reveal %.2f ms; three shares, median of %d rounds", median(times) / 1_000, times.count))
    }

    /// As an auditor checks them: from their bytes, six approvals of each request, on both cores.
    private static func approvalsCheck(_ custody: CustodyCryptography) async throws {
        let (approvals, perRequest, tasks) = (100_000, SimulatedCustody.approvers.count, 2)
        let requests = (approvals + perRequest - 1) / perRequest
        let dossiers = try await withThrowingTaskGroup(of: [CustodyCryptography.Dossier].self) { group in
            for task in 0..<tasks {
                group.addTask { try stride(from: task, to: requests, by: tasks).map { _ in try custody.dossier() } }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var times: [Double] = []
        var checked = 0
        for _ in 0..<3 {
            let time = try await microseconds(1) { _ in
                checked = try await withThrowingTaskGroup(of: Int.self) { group in
                    for task in 0..<tasks {
                        group.addTask {
                            try stride(from: task, to: requests, by: tasks).reduce(0) { try $0 + custody.check(dossiers[$1]) }
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
            times.append(time / 1e6 * Double(approvals) / Double(checked))
        }
        print(
            String(
                format: "figure approvals-check %.2f s; %d approvals of %d requests on %d cores, median of %d rounds", median(times),
                checked,
                requests, tasks, times.count))
    }
}
