import Foundation
import Synchronization

/// A web server on this machine, without any library in it, that does what a test wants with each request.
final class LoopbackPeer: Sendable {
    enum Answer: Sendable {
        /// These bytes, and then the next request.
        case bytes([UInt8])
        /// These bytes, and the second ones one by one, each a moment after the other.
        case slowly([UInt8], [UInt8])
        /// These bytes, and then nothing more on this connection.
        case cutOff([UInt8])
        /// What a request asks for; the first has index 0.
        indirect case each(@Sendable (Int, Request) -> Answer)
        /// A reset instead of an answer.
        case reset
        /// Nothing, for as long as the client waits.
        case nothing
        /// A reset before anything is read.
        case resetAtOnce

        static func status(_ status: Int, _ body: String = "", type: String = "application/json", headers: [String: String] = [:]) -> Self {
            let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            return .bytes(
                Array(
                    "HTTP/1.1 \(status) Test\r\nContent-Type: \(type)\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        }
    }

    struct Request: Sendable {
        let line: String
        let headers: [String: String]
        let body: [UInt8]
        /// All of it, as it came.
        let bytes: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        /// The fields of a form, each as often as it is there.
        var fields: [String: [String]] {
            var fields: [String: [String]] = [:]
            for pair in text.split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                    $0.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? "malformed"
                }
                fields[sides[0], default: []].append(sides.count == 2 ? sides[1] : "")
            }
            return fields
        }
    }

    private struct State {
        var answers: [Answer]
        var requests: [Request] = []
        var connections = 0
        var isOver = false
    }

    private let listener: Int32
    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)
    let port: Int

    /// - Parameter answers: in order; the last is for all that follow.
    init(_ answers: Answer...) throws {
        state = Mutex(State(answers: answers))
        #if canImport(Darwin)
            listener = socket(AF_INET, SOCK_STREAM, 0)
        #else
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard listener >= 0 else { throw CocoaError(.fileReadUnknown) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        // It serves until it is stopped or the tests are over: a test that only has its address holds it no longer.
        Thread.detachNewThread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0, !self.state.withLock({ $0.isOver }) else {
                    // By the thread that waits on it: the number may be another socket's at once.
                    close(connection)
                    close(descriptor)
                    self.ended.signal()
                    return
                }
                self.state.withLock { $0.connections += 1 }
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    /// Nobody listens at the port any more.
    func stop() {
        state.withLock { $0.isOver = true }
        _ = Self.isListening(port)
        ended.wait()
    }

    var address: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }

    static func isListening(_ port: Int) -> Bool {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private func next() -> Answer {
        state.withLock { state in state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0] }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        if case .resetAtOnce = state.withLock({ $0.answers[0] }) { return reset(connection) }
        while let request = receive(connection) {
            let index = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            var answer = next()
            if case .each(let made) = answer { answer = made(index, request) }
            switch answer {
            case .each: return
            case .bytes(let bytes): send(bytes, connection)
            case .cutOff(let bytes): return send(bytes, connection)
            case .slowly(let head, let bytes):
                send(head, connection)
                for byte in bytes {
                    send([byte], connection)
                    usleep(50_000)
                }
            case .reset, .resetAtOnce: return reset(connection)
            case .nothing:
                var byte: UInt8 = 0
                while recv(connection, &byte, 1, 0) > 0 {}
                return
            }
        }
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                #if canImport(Darwin)
                    Foundation.send(connection, $0.baseAddress! + sent, bytes.count - sent, 0)
                #else
                    Foundation.send(connection, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                #endif
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func reset(_ connection: Int32) {
        var linger = Foundation.linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
    }

    private func receive(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let mark = bytes.indices.dropLast(3).first(where: { Array(bytes[$0..<$0 + 4]) == end }) {
                let lines = String(decoding: bytes[..<mark], as: UTF8.self).components(separatedBy: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let sides = line.split(separator: ":", maxSplits: 1)
                    headers[sides[0].lowercased()] = sides.count == 2 ? sides[1].trimmingCharacters(in: .whitespaces) : ""
                }
                let body = Array(bytes[(mark + 4)...])
                if body.count >= Int(headers["content-length"] ?? "0") ?? 0 {
                    return Request(line: lines[0], headers: headers, body: body, bytes: bytes)
                }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }
}
