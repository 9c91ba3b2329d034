#if HTTP
    import CryptoPrimitives
    import Foundation
    import RecordStorage
    import Testing
    import TwilioTransport
    import WebhookTransport

    @testable import GatewayHTTP
    @testable import Messaging

    /// What becomes of a message when the network or the gateway fails: the code tells the truth about what may have been sent.
    @Suite("A gateway that fails") struct FailureTests {
        private func transport(_ address: String, _ change: (inout HTTPSettings) -> Void = { _ in }) -> TwilioGateway {
            var settings = TwilioSettings(
                accountSID: "AC0123456789abcdef0123456789abcdef", credentials: .authToken(GatewaySecret("auth-token-0123456789")),
                webhookTokens: [])
            settings.sender = .from("+15557122661")
            settings.address = address
            // Longer than any test machine needs; what is to time out has less.
            (settings.http.connectTimeout, settings.http.timeout) = (.seconds(30), .seconds(60))
            change(&settings.http)
            return TwilioGateway(settings)
        }

        private func outcome(_ address: String, _ change: (inout HTTPSettings) -> Void = { _ in }) async throws -> TransportError {
            let error = try await refusal { try await transport(address, change).send(try message()) }
            #expect(error.refusal?.cause == .gatewayDown)
            #expect(!error.reason.contains("127.0.0.1"))
            return error
        }

        @Test("nobody listens: not sent")
        func refused() async throws {
            let peer = try LoopbackPeer(.nothing)
            peer.stop()
            #expect(try await outcome(peer.address).code == .notSent)
        }

        @Test("no such name: not sent")
        func noName() async throws {
            #expect(try await outcome("https://gateway.invalid").code == .notSent)
        }

        @Test("TLS that never begins, or is none, or is of an authority that nobody trusts: not sent")
        func tls() async throws {
            let silent = try LoopbackPeer(.nothing)
            #expect(try await outcome("https://127.0.0.1:\(silent.port)") { $0.connectTimeout = .milliseconds(300) }.code == .notSent)
            #expect(try await outcome("https://127.0.0.1:\(silent.port)") { $0.timeout = .milliseconds(300) }.code == .notSent)
            let plain = try LoopbackPeer(.resetAtOnce)
            #expect(try await outcome("https://127.0.0.1:\(plain.port)").code == .notSent)
        }

        @Test("TLS under a certificate that no trusted authority signed: not sent; under one that it did, sent")
        func authorities() async throws {
            let folder = try TestFolder()
            try await folder.run(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                folder.file("key.pem"), "-out", folder.file("certificate.pem"), "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost")
            let server = Process()
            let peer = try LoopbackPeer(.nothing)
            let port = peer.port
            peer.stop()
            server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            // Answers whatever comes with a page of its own.
            server.arguments = [
                "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-key", folder.file("key.pem"), "-cert",
                folder.file("certificate.pem"),
                "-www", "-quiet",
            ]
            (server.standardOutput, server.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try server.run()
            defer { server.terminate() }
            // Until it listens.
            for _ in 0..<100 {
                if LoopbackPeer.isListening(port) { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            let address = "https://localhost:\(port)"
            let strange = try await outcome(address)
            #expect(strange.code == .notSent && strange.reason.hasPrefix("TLS"))
            let trusted = try await refusal {
                try await transport(address) { settings in
                    // What openssl does with a POST differs between its versions.
                    settings.timeout = .seconds(5)
                    settings.authorities = folder.file("certificate.pem")
                }.send(try message())
            }
            #expect(trusted.code != .notSent, "what openssl answers is no receipt, and the message went to it: \(trusted.code)")
        }

        @Test("a reset or a close after the request: perhaps sent, and not repeated")
        func lost() async throws {
            for answer in [LoopbackPeer.Answer.reset, .cutOff([]), .cutOff(Array("HTTP/1.1 201 Cre".utf8))] {
                let peer = try LoopbackPeer(answer)
                #expect(try await outcome(peer.address).code == .maybeSent)
                #expect(peer.requests.count == 1)
            }
        }

        @Test("silence after the request: perhaps sent, once the time is over")
        func silent() async throws {
            let peer = try LoopbackPeer(.nothing)
            let transport = transport(peer.address) { $0.timeout = .seconds(2) }
            let error = try await refusal { try await transport.send(try message()) }
            #expect(error.code == (peer.requests.isEmpty ? .notSent : .maybeSent))
            #expect(!peer.requests.isEmpty, "the machine was too busy to send anything in two seconds")
        }

        @Test("what is no HTTP: perhaps sent")
        func noHTTP() async throws {
            let peer = try LoopbackPeer(.cutOff(Array("220 mail ready\r\n\r\n".utf8)))
            #expect(try await outcome(peer.address).code == .maybeSent)
        }

        @Test("a task that is cancelled while the gateway thinks: perhaps sent, at once")
        func cancelled() async throws {
            let peer = try LoopbackPeer(.nothing)
            let transport = transport(peer.address) { $0.timeout = .seconds(60) }
            let message = try message()
            let task = Task { try await transport.send(message) }
            while peer.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            #expect(try await refusal { try await task.value }.code == .maybeSent)
        }

        private let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
        private let body = #"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#

        @Test("an answer whose rest is cut off, too slow or too large: its status is believed, its name is not known")
        func halfAnswers() async throws {
            let (length, huge) = (body.utf8.count, String(repeating: " ", count: 70_000))
            let answers: [(LoopbackPeer.Answer, TransportError.Code)] = [
                (.cutOff(Array("\(head)Content-Length: \(length + 10)\r\n\r\n\(body)".utf8)), .maybeSent),
                (.slowly(Array("\(head)Content-Length: \(length)\r\n\r\n".utf8), Array(body.utf8)), .maybeSent),
                (.bytes(Array("\(head)Content-Length: \(length + 70_000)\r\n\r\n\(huge)\(body)".utf8)), .maybeSent),
                (.cutOff(Array("\(head)Transfer-Encoding: chunked\r\n\r\n10000\r\n\(huge.prefix(65_536))\r\n10\r\n".utf8)), .maybeSent),
                (.cutOff(Array("HTTP/1.1 401 No\r\nContent-Length: 99\r\n\r\n{".utf8)), .refused),
                (.cutOff(Array("HTTP/1.1 429 No\r\nContent-Length: 99\r\n\r\n".utf8)), .notSent),
            ]
            for (answer, code) in answers {
                let peer = try LoopbackPeer(answer)
                let time: Duration = if case .slowly = answer { .seconds(1) } else { .seconds(60) }
                let error = try await refusal { try await transport(peer.address) { $0.timeout = time }.send(try message()) }
                #expect(error.code == code)
            }
        }

        @Test("a connection is used again")
        func connections() async throws {
            let taken = LoopbackPeer.Answer.status(201, body)
            let peer = try LoopbackPeer(taken)
            // Longer than any pause of a busy machine.
            let transport = transport(peer.address) { $0.idleTimeout = .seconds(3_600) }
            for _ in 0..<3 { _ = try await transport.send(try message()) }
            #expect(peer.requests.count == 3 && peer.connections == 1)
        }

        @Test("a connection that was idle for too long is not used again")
        func idleConnections() async throws {
            let peer = try LoopbackPeer(.status(201, body))
            let transport = transport(peer.address) { $0.idleTimeout = .milliseconds(20) }
            for _ in 0..<50 where peer.connections < 2 {
                _ = try await transport.send(try message())
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(peer.connections == 2)
        }

        @Test("what the client was given is wiped in place once the answer is there")
        func wiped() async throws {
            let peer = try LoopbackPeer(.status(201, body))
            let client = GatewayClient(HTTPSettings(), address: peer.address, provider: "test")
            let exchange = Exchange(SecretText { $0.text("secret") })
            _ = try await client.post(peer.address + "/", headers: [], exchange, for: .unknown)
            #expect(exchange.isWipedInPlace)
        }

        @Test("a message is never refused for what a passing trouble is, and never sent twice for one that may have gone out")
        func dispatched() async throws {
            let peer = try LoopbackPeer(.status(429), .status(429), .status(201, body))
            let transport = transport(peer.address)
            var outcomes: [String] = []
            let message = try message()
            for _ in 0..<3 {
                do { outcomes.append(try await transport.send(message).gatewayIDs[0]) } catch { outcomes.append(error.code.rawValue) }
            }
            #expect(outcomes == ["transport.notSent", "transport.notSent", "SM0123456789abcdef0123456789abcdef"])
        }
    }
#endif
