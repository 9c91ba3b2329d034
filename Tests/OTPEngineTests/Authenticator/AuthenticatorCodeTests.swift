import CryptoPrimitives
import Foundation
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("Codes, key URIs and recovery codes are what apps and people expect")
struct AuthenticatorCodeTests {
    private func lines(_ name: String) throws -> [[String]] {
        let file = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "txt"))
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.first?.hasPrefix("# Origin:") == true)
        return lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
    }

    @Test("codes are those of RFC 4226 and RFC 6238")
    func vectors() throws {
        let lines = try lines("authenticator-codes")
        #expect(lines.count == 28)
        let algorithms = ["sha1": AuthenticatorParameters.Algorithm.sha1, "sha256": .sha256, "sha512": .sha512]
        for line in lines {
            let parameters = AuthenticatorParameters(
                algorithm: try #require(algorithms[line[1]]), digits: try #require(.init(rawValue: UInt8(line[4].count))))
            let secret = SecretBytes(copying: try #require(Hexadecimal.decode(line[2])))
            let number = try #require(UInt64(line[3]))
            let time = Timestamp(milliseconds: Int64(number) * 1_000)
            let step = line[0] == "counter" ? number : AuthenticatorParameters.step(at: time)
            #expect(parameters.code(of: secret, at: step).withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == line[4])
            // Before step 0 there is none, so that the first minute of 1970 is in its window.
            guard line[0] == "time", number > 60 else { continue }
            let typed = try SubmittedCode(line[4])
            for off in [-30, 0, 30] as [Int64] { #expect(parameters.step(of: typed, secret: secret, at: time + .seconds(off)) == step) }
            for off in [-60, 60] as [Int64] { #expect(parameters.step(of: typed, secret: secret, at: time + .seconds(off)) == nil) }
        }
    }

    @Test("a time before 1970 is step 0, and one at the end of time is none to stumble over")
    func farTimes() throws {
        let secret = SecretBytes(copying: Array("12345678901234567890".utf8))
        let code = try SubmittedCode("755224")
        #expect(AuthenticatorParameters.standard.step(of: code, secret: secret, at: Timestamp(milliseconds: .min)) == 0)
        #expect(AuthenticatorParameters.standard.step(of: code, secret: secret, at: Timestamp(milliseconds: .max)) == nil)
    }

    @Test("the URI says what the app must know, everything encoded", arguments: AuthenticatorParameters.Algorithm.allCases)
    func uri(algorithm: AuthenticatorParameters.Algorithm) throws {
        let secret = SecretBytes(count: algorithm.secretLength) { target in for index in target.indices { target[index] = UInt8(index) } }
        let enrolment = AuthenticatorEnrolment(
            secret: secret, parameters: .init(algorithm: algorithm, digits: .eight),
            label: try AuthenticatorLabel(issuer: "Tèst & Co", account: "ann+1@example.com"), expiresAt: Timestamp(milliseconds: 0))
        let base32 = Base32.encode((0..<algorithm.secretLength).map { UInt8($0) }).uppercased()
        let uri = enrolment.withURI { String(decoding: $0, as: UTF8.self) }
        #expect(
            uri == "otpauth://totp/T%C3%A8st%20%26%20Co:ann%2B1%40example.com?secret=\(base32)&issuer=T%C3%A8st%20%26%20Co"
                + "&algorithm=\(algorithm.name)&digits=8&period=30")
        let components = try #require(URLComponents(string: uri))
        #expect(components.path == "/Tèst & Co:ann+1@example.com" && components.queryItems?.count == 5)
        let typed = enrolment.withTypedSecret { String(decoding: $0, as: UTF8.self) }
        #expect(typed.replacingOccurrences(of: " ", with: "") == base32 && typed.hasPrefix("AAAQ EAYE AUDA "))
    }

    @Test(
        "an issuer and an account that apps would misread are refused", arguments: ["", "a:b", "a\nb", String(repeating: "é", count: 65)])
    func labels(text: String) {
        #expect(throws: OTPError.labelInvalid) { try AuthenticatorLabel(issuer: text, account: "a") }
        #expect(throws: OTPError.labelInvalid) { try AuthenticatorLabel(issuer: "a", account: text) }
    }

    @Test("the longest labels have a QR code, and a title cannot break out of the picture")
    func picture() throws {
        let enrolment = AuthenticatorEnrolment(
            secret: SecretBytes(count: 64, random: SeededRandom(1)), parameters: .init(algorithm: .sha512),
            label: try AuthenticatorLabel(issuer: String(repeating: "é", count: 32), account: String(repeating: "ü", count: 64)),
            expiresAt: Timestamp(milliseconds: 0))
        let svg = enrolment.withQRCode(title: "<script>&\u{0}é") { String(decoding: $0, as: UTF8.self) }
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "))
        #expect(svg.contains("<title id=\"qr-title\">&lt;script&gt;&amp; é</title>"))
        #expect(svg.split(separator: "<path").count == 2 && svg.contains("shape-rendering=\"crispEdges\"") && svg.contains("role=\"img\""))
    }

    @Test("recovery codes are fifteen characters without look-alikes, each as likely as any other, none twice")
    func recoveryCodes() {
        var counts: [Character: Int] = [:]
        var seen: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            let codes = RecoveryCodes(random: SeededRandom(seed))
            for index in 0..<RecoveryCodes.count {
                let text = codes.typed(index)
                #expect(text.wholeMatch(of: /[0-9ACDEFGHJKMNPRTVWXY]{5}(-[0-9ACDEFGHJKMNPRTVWXY]{5}){2}/) != nil)
                for character in text where character != "-" { counts[character, default: 0] += 1 }
                seen.insert(text)
            }
        }
        #expect(seen.count == 2_000 && counts.count == 28)
        // Chi squared with 27 degrees of freedom is above 64.7 once in ten thousand; these seeds are fixed.
        let mean = 30_000.0 / 28
        #expect(counts.values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean } < 64.7)
    }

    @Test(
        "a recovery code may be typed as people do",
        arguments: [
            "80V15-2ACDE-01XY9", "80v152acde01xy9", " 80V1 52AC DE01 XY9\n", "BOULS-ZACDE-QIXY9", "８０Ｖ１５２ＡＣＤＥ０１ＸＹ９", "８０ｖ１５–２ａｃｄｅ–０１ｘｙ９",
            "٨٠V1٥ ٢ACDE ٠١XY٩",
        ])
    func typed(text: String) throws {
        #expect(try SubmittedRecoveryCode(text).characters.withUnsafeBytes { Array($0) } == Array("80V152ACDE01XY9".utf8))
        #expect(try SubmittedRecoveryCode(utf8: text.utf8).characters.count == 15)
    }

    @Test(
        "what cannot be a recovery code is malformed",
        arguments: [
            "", "80V152ACDE01XY", "80V152ACDE01XY99", "80V1_52ACDE01XY9", "80V152ACDE01XYé", "80V152ACDE01XY½",
            "80V152ACDE01XY9" + String(repeating: " ", count: 64),
            "80V152ACDE01XY9\u{0}", String(repeating: "9", count: 1_000_000),
        ])
    func malformed(text: String) {
        #expect(throws: OTPError.malformedRecoveryCode) { try SubmittedRecoveryCode(text) }
    }

    @Test("bytes that are no text are malformed")
    func bytes() {
        #expect(throws: OTPError.malformedRecoveryCode) { try SubmittedRecoveryCode(utf8: [0xFF] + Array("80V152ACDE01XY9".utf8)) }
    }

    @Test("nothing that holds a secret can be printed")
    func redacted() async throws {
        let bench = AuthenticatorBench()
        let enrolment = try await bench.engine.beginEnrolment(of: bench.person, label: bench.label)
        let app = AuthenticatorBench.App(enrolment)
        let code = try app.code(at: bench.clock.now())
        guard case .right(let guess) = try await bench.engine.payEnrolment(code, of: bench.person, attempt: bench.attempt) else {
            throw OTPError.busy
        }
        var commit = StagedCommit(random: bench.random)
        guard case .enrolled(let codes) = try await bench.engine.stageEnrolment(of: guess, outcome: [], in: &commit) else {
            throw OTPError.busy
        }
        let values: [Any] = [enrolment, codes, try codes.submitted(0), guess, bench.label]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped.replacingOccurrences(of: "- ", with: "")] {
                #expect(text.hasPrefix("<redacted>") && text.count < 20, "\(text.count)")
            }
        }
    }
}
