#if Processes
    import Foundation
    import Testing

    struct SocketTrouble: Error {}

    /// A Unix domain socket without any of the library in it, for bytes that no client of ours would send.
    final class RawSocket: Sendable {
        let descriptor: Int32

        private init(_ descriptor: Int32) throws {
            guard descriptor >= 0 else { throw SocketTrouble() }
            self.descriptor = descriptor
            var patience = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        private static func socket() -> Int32 {
            #if canImport(Darwin)
                Foundation.socket(AF_UNIX, SOCK_STREAM, 0)
            #else
                Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            #endif
        }

        private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
        }

        convenience init(connectingTo path: String) throws {
            try self.init(Self.socket())
            guard Self.withAddress(path, { connect(descriptor, $0, $1) }) == 0 else { throw SocketTrouble() }
        }

        convenience init(listeningAt path: String) throws {
            try self.init(Self.socket())
            guard Self.withAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 8) == 0 else { throw SocketTrouble() }
        }

        func accepted() async throws -> RawSocket {
            try await waiting { [self] in try RawSocket(accept(descriptor, nil, nil)) }
        }

        func send(_ bytes: [UInt8]) { _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

        /// Exactly so many bytes; fewer where the other end closed before.
        func receive(_ count: Int) async throws -> [UInt8] {
            try await waiting { [self] in
                var bytes: [UInt8] = []
                while bytes.count < count {
                    var buffer = [UInt8](repeating: 0, count: count - bytes.count)
                    let got = recv(descriptor, &buffer, buffer.count, 0)
                    if got < 0, errno == EAGAIN { throw SocketTrouble() }
                    guard got > 0 else { break }
                    bytes += buffer[..<got]
                }
                return bytes
            }
        }

        /// The next frame's id and payload; `nil` where the other end closed.
        func frame() async throws -> (id: UInt64, payload: [UInt8])? {
            let header = try await receive(13)
            guard header.count == 13 else { return nil }
            #expect(header[4] == 1)
            let length = header[..<4].reduce(0) { $0 << 8 | Int($1) }
            return (header[5...].reduce(0) { $0 << 8 | UInt64($1) }, try await receive(length))
        }
    }

    /// A frame as the format says, written apart from the library.
    func frame(_ id: UInt64, _ payload: [UInt8]) -> [UInt8] {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: payload.count >> (24 - 8 * $0)) }
        return length + [1] + (0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - 8 * UInt64($0))) } + payload
    }

    func frame(_ id: UInt64, _ text: String) -> [UInt8] { frame(id, Array(text.utf8)) }
#endif
