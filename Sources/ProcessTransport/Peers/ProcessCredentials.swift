#if Processes
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif
    import NIOCore

    /// What the kernel tells of the process at the other end of a Unix domain socket. It cannot be forged, and it is as of the time of connecting
    /// (for the server's end: of listening).
    enum ProcessCredentials {
        #if canImport(Darwin)
            static func read(_ channel: any Channel) -> EventLoopFuture<Peer.Identity> {
                guard let socket = channel as? any SocketOptionProvider else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                }
                let level = NIOBSDSocket.OptionLevel(rawValue: SOL_LOCAL)
                let user: EventLoopFuture<xucred> = socket.unsafeGetSocketOption(level: level, name: .init(rawValue: LOCAL_PEERCRED))
                let process: EventLoopFuture<pid_t> = socket.unsafeGetSocketOption(level: level, name: .init(rawValue: LOCAL_PEERPID))
                return user.and(process).map { .process(user: $0.cr_uid, group: $0.cr_groups.0, id: $1) }
            }
        #else
            /// `struct ucred` of Linux, which the C library hides behind a macro.
            private struct Credentials: Sendable {
                var id: Int32
                var user: UInt32
                var group: UInt32
            }

            static func read(_ channel: any Channel) -> EventLoopFuture<Peer.Identity> {
                guard let socket = channel as? any SocketOptionProvider else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                }
                let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
                    level: .socket, name: .init(rawValue: SO_PEERCRED))
                return credentials.map { .process(user: $0.user, group: $0.group, id: $0.id) }
            }
        #endif
    }
#endif
