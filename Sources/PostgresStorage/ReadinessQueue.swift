import Clibpq

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The kernel's word on which sockets can be read or written: epoll, or kqueue. Each is told of once, and then has to be asked about again.
struct ReadinessQueue: Sendable {
    private let descriptor: Int32

    /// `nil` when this process may open no more files.
    init?() {
        #if canImport(Darwin)
            descriptor = kqueue()
        #else
            descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        #endif
        guard descriptor >= 0 else { return nil }
    }

    func close() {
        // Inside of a type with a method of this name.
        #if canImport(Darwin)
            _ = Darwin.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Glibc.close(descriptor)
        #endif
    }

    /// Asks about a socket, once. A socket that is closed is forgotten by itself.
    func ask(about socket: Int32, writes: Bool) -> Bool {
        #if canImport(Darwin)
            var changes = [Self.change(socket, EVFILT_READ)]
            if writes { changes.append(Self.change(socket, EVFILT_WRITE)) }
            return kevent(descriptor, changes, Int32(changes.count), nil, 0, nil) >= 0
        #else
            var event = epoll_event()
            event.events = EPOLLIN.rawValue | EPOLLONESHOT.rawValue | (writes ? EPOLLOUT.rawValue : 0)
            event.data.fd = socket
            if epoll_ctl(descriptor, EPOLL_CTL_MOD, socket, &event) == 0 { return true }
            return errno == ENOENT && epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0
        #endif
    }

    /// The sockets that are ready; none when the time is over. A socket may be named that is not, or of which nobody asked any more.
    func wait(milliseconds: Int32) -> [Int32] {
        let most = 64
        #if canImport(Darwin)
            var time = timespec(tv_sec: Int(milliseconds / 1_000), tv_nsec: Int(milliseconds % 1_000) * 1_000_000)
            return withUnsafeTemporaryAllocation(of: kevent.self, capacity: most) { events in
                let count = kevent(descriptor, nil, 0, events.baseAddress, Int32(most), &time)
                return events.prefix(max(Int(count), 0)).map { Int32($0.ident) }
            }
        #else
            return withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: most) { events in
                let count = epoll_wait(descriptor, events.baseAddress, Int32(most), milliseconds)
                return events.prefix(max(Int(count), 0)).map(\.data.fd)
            }
        #endif
    }

    #if canImport(Darwin)
        private static func change(_ socket: Int32, _ filter: Int32) -> kevent {
            kevent(ident: UInt(socket), filter: Int16(filter), flags: UInt16(EV_ADD | EV_ONESHOT), fflags: 0, data: 0, udata: nil)
        }
    #endif
}
