// Whether the time of an answer tells what the answer does not: known and unknown numbers, right and wrong codes. Each comparison first has to
// find a difference of fifteen per cent that was planted, then must find none. The last line is `N passed, N failed`.
//
//   timing                     all of it
//   timing known-vs-unknown    the figure
//   timing verify-rate         the figure
//   timing waiting-messages    the figure: memory of what waits for a gateway
import CryptoPrimitives
import Foundation
import IdentityTypes
import OTPEngine
import PhoneIdentity
import PhoneIdentityTesting
import RecordStorage

@main
struct Run {
    private static let samples = 4_000
    private static let same = 0.95...1.05
    private static let planted = 0.15
    /// A difference that is there stays there; what a busy machine adds does not.
    private static let attempts = 3

    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "verify-rate": try await VerifyRate.measure()
        case "waiting-messages": try await Waiting.measure()
        case "known-vs-unknown":
            let found = try await begins(plantedIn: 0)
            print(
                String(
                    format:
                        "figure known-vs-unknown %.3f x; known %.1f us, unknown %.1f us, %d samples each, a known one is slower in %.3f of pairs",
                    found.ratio, found.medians.0 / 1_000, found.medians.1 / 1_000, found.count, found.superiority))
        case nil: try await judge()
        case let name?:
            print("There is no figure \(name) here.")
            exit(2)
        }
    }

    private static func judge() async throws {
        var (passed, failed) = (0, 0)
        for compare in [begins, wrongGuesses, recoveryCodes, digits, guesses] as [(Double) async throws -> Comparison] {
            var holds = false
            for _ in 0..<attempts where !holds {
                let clean = try await compare(0)
                let spoilt = try await compare(planted * clean.medians.1)
                holds = same.contains(clean.ratio) && !same.contains(spoilt.ratio)
                print(
                    String(
                        format: "%@ %@: %.3f (%.1f and %.1f us, %d samples each; longer in %.3f of pairs); with %.0f %% planted %.3f",
                        holds ? "ok  " : "FAIL", clean.name, clean.ratio, clean.medians.0 / 1_000, clean.medians.1 / 1_000, clean.count,
                        clean.superiority, planted * 100, spoilt.ratio))
            }
            if holds { passed += 1 } else { failed += 1 }
        }
        print("\(passed) passed, \(failed) failed")
        if failed > 0 { exit(1) }
    }

    /// A recovery is begun for a number with an account, and for one without.
    private static func begins(plantedIn delay: Double) async throws -> Comparison {
        let bench = try await Bench()
        var comparison = Comparison("begin for a known and an unknown number")
        for index in 0..<samples {
            bench.clock.advance(by: .seconds(31))
            func begin(_ number: String, _ delay: Double) async throws -> Double {
                try await Comparison.nanoseconds {
                    _ = try await bench.service.begin(.recovery, number: number, region: nil, requester: bench.requester)
                    if delay > 0 { Comparison.plant(delay) }
                }
            }
            try await comparison.sample(
                { try await begin(Bench.known(index % Bench.people), delay) }, { try await begin(Bench.unknown(index % Bench.people), 0) })
        }
        return comparison
    }

    /// A wrong code for a challenge whose code went out, and for one whose code goes nowhere.
    private static func wrongGuesses(plantedIn delay: Double) async throws -> Comparison {
        let bench = try await Bench()
        var comparison = Comparison("a wrong code for a known and an unknown number")
        for index in 0..<samples {
            bench.clock.advance(by: .seconds(864))
            func guess(_ number: String, _ delay: Double) async throws -> Double {
                let receipt = try await bench.service.begin(.recovery, number: number, region: nil, requester: bench.requester)
                let (code, attempt) = (String(repeating: "0", count: receipt.digits), AttemptID(random: bench.random))
                return try await Comparison.nanoseconds {
                    do throws(IdentityError) {
                        _ = try await bench.service.complete(receipt.token, code: code, attempt: attempt, requester: bench.requester)
                    } catch {
                        guard error.code.rawValue == OTPError.Code.wrongCode.rawValue else { throw error }
                    }
                    if delay > 0 { Comparison.plant(delay) }
                }
            }
            try await comparison.sample(
                { try await guess(Bench.known(index % Bench.people), delay) }, { try await guess(Bench.unknown(index % Bench.people), 0) })
        }
        return comparison
    }

    /// A recovery code that is nobody's, for a number whose owner has such codes, and for one without an account.
    private static func recoveryCodes(plantedIn delay: Double) async throws -> Comparison {
        let bench = try await Bench()
        try await bench.setUpApps()
        var comparison = Comparison("a recovery code for a known and an unknown number")
        for index in 0..<samples {
            func guess(_ number: String, _ delay: Double) async throws -> Double {
                let receipt = try await bench.service.begin(
                    .recovery, by: .recoveryCode, account: .number(number), requester: bench.requester)
                let attempt = AttemptID(random: bench.random)
                return try await Comparison.nanoseconds {
                    do throws(IdentityError) {
                        _ = try await bench.service.complete(
                            receipt.token, answer: .recoveryCode("22222-22222-22222"), attempt: attempt, requester: bench.requester)
                    } catch {
                        guard error.code.rawValue == OTPError.Code.wrongCode.rawValue else { throw error }
                    }
                    if delay > 0 { Comparison.plant(delay) }
                }
            }
            try await comparison.sample(
                { try await guess(Bench.known(index % Bench.people), delay) }, { try await guess(Bench.unknown(index % Bench.people), 0) })
        }
        return comparison
    }

    /// A code that is wrong in its first digit, and one that is wrong in its last.
    private static func digits(plantedIn delay: Double) async throws -> Comparison {
        try await guesses("a code wrong in its first and in its last digit", [0], [5], delay)
    }

    /// A right code and a wrong one, up to the moment when the answer is known.
    private static func guesses(plantedIn delay: Double) async throws -> Comparison {
        try await guesses("a right and a wrong code", [], [3], delay)
    }

    private static func guesses(_ name: String, _ first: [Int], _ second: [Int], _ delay: Double) async throws -> Comparison {
        let bench = try EngineBench()
        var comparison = Comparison(name)
        for _ in 0..<samples {
            func guess(_ places: [Int], _ delay: Double) async throws -> Double {
                let challenge = try await bench.begin()
                let (code, attempt) = (try bench.code(of: challenge, wrongAt: places), AttemptID(random: bench.random))
                return await Comparison.nanoseconds {
                    let isRight = await bench.pay(challenge, code, attempt)
                    precondition(isRight == places.isEmpty, "A code is right or wrong as it was made.")
                    if delay > 0 { Comparison.plant(delay) }
                }
            }
            try await comparison.sample({ try await guess(first, delay) }, { try await guess(second, 0) })
        }
        return comparison
    }
}

/// Wrong guesses a second, paid and compared, one after the other on a store in memory.
enum VerifyRate {
    static func measure() async throws {
        let bench = try EngineBench()
        let (numbers, each) = (20_000, 5)
        var rates: [Double] = []
        for _ in 0..<5 {
            var guesses: [(BegunChallenge, SubmittedCode, AttemptID)] = []
            for _ in 0..<numbers {
                let challenge = try await bench.begin()
                for place in 0..<each {
                    guesses.append((challenge, try bench.code(of: challenge, wrongAt: [place]), AttemptID(random: bench.random)))
                }
            }
            let time = await Comparison.nanoseconds {
                for (challenge, code, attempt) in guesses {
                    let isRight = await bench.pay(challenge, code, attempt)
                    precondition(!isRight, "A changed code is wrong.")
                }
            }
            rates.append(Double(guesses.count) / time * 1e9)
        }
        rates.sort()
        print(
            String(
                format: "figure verify-rate %.0f /s; %d wrong guesses at %d numbers a round, one core, rounds %.0f...%.0f", rates[2],
                numbers * each, numbers, rates[0], rates[4]))
    }
}
