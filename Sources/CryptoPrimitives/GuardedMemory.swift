import Clibsodium
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Memory for secrets: locked against swapping, left out of core dumps, between guard pages, wiped on release.
///
/// A page per secret would cost 32 µs and one locked page each, and past the process's lock limit libsodium hands out
/// unlocked memory without a word. So secrets share slabs of 16 KiB in slots of four sizes, and ``GuardedMemory/isLocked``
/// tells whether locking works.
///
/// The one piece of global state of the library: memory belongs to the process, as the heap does.
public enum GuardedMemory {
    /// Whether the system keeps guarded memory out of swap. `false`: raise `RLIMIT_MEMLOCK` (`ulimit -l`).
    public static var isLocked: Bool { GuardedArena.shared.isLocked }

    /// Turns core dumps off for this process, so that a crash writes no secret to disk. For tools and services to call at start.
    ///
    /// - Returns: whether the system agreed.
    @discardableResult
    public static func disableCoreDumps() -> Bool {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
            return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
        #else
            return setrlimit(RLIMIT_CORE, &limit) == 0
        #endif
    }
}

/// Hands out slots of guarded slabs.
final class GuardedArena: Sendable {
    static let shared = GuardedArena()

    private static let slabSize = 16_384
    private static func slotSize(_ size: Int) -> Int {
        switch size {
        case 0: 32
        case 1: 64
        case 2: 256
        default: 1_024
        }
    }

    /// Free slots by size class.
    // @unchecked: pointers are not Sendable by themselves; each address is handed to one owner at a time, under the lock.
    private struct FreeSlots: @unchecked Sendable {
        var bySize: [[UnsafeMutableRawPointer]] = [[], [], [], []]
        var isLocked = true
    }

    private let free = Mutex(FreeSlots())

    /// The slot of each size that was released last, for whoever comes next: without the lock, which is half of what a slot costs.
    private let spare32 = Atomic<UInt>(0)
    private let spare64 = Atomic<UInt>(0)
    private let spare256 = Atomic<UInt>(0)
    private let spare1024 = Atomic<UInt>(0)

    private func takeSpare(_ size: Int) -> UInt {
        switch size {
        case 0: spare32.exchange(0, ordering: .acquiring)
        case 1: spare64.exchange(0, ordering: .acquiring)
        case 2: spare256.exchange(0, ordering: .acquiring)
        default: spare1024.exchange(0, ordering: .acquiring)
        }
    }

    /// Keeps a wiped slot, and returns the one that was kept before: 0 for none.
    private func keepSpare(_ size: Int, _ address: UInt) -> UInt {
        switch size {
        case 0: spare32.exchange(address, ordering: .acquiringAndReleasing)
        case 1: spare64.exchange(address, ordering: .acquiringAndReleasing)
        case 2: spare256.exchange(address, ordering: .acquiringAndReleasing)
        default: spare1024.exchange(address, ordering: .acquiringAndReleasing)
        }
    }

    var isLocked: Bool {
        // The first slab is what tells.
        release(allocate(1), count: 1)
        return free.withLock { $0.isLocked }
    }

    /// A wiped slot of at least `count` bytes.
    func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        Sodium.ready()
        guard let size = Self.sizeClass(count) else { return Self.map(count) }
        if let spare = UnsafeMutableRawPointer(bitPattern: takeSpare(size)) { return spare }
        let address = free.withLock { free in
            if free.bySize[size].isEmpty {
                let slab = Self.map(Self.slabSize)
                // Locks again what is locked already: the answer is what sodium_malloc keeps to itself.
                if sodium_mlock(slab, Self.slabSize) != 0 { free.isLocked = false }
                sodium_memzero(slab, Self.slabSize)
                for offset in stride(from: 0, to: Self.slabSize, by: Self.slotSize(size)) {
                    free.bySize[size].append(slab + offset)
                }
            }
            return UInt(bitPattern: free.bySize[size].removeLast())
        }
        return UnsafeMutableRawPointer(bitPattern: address)!
    }

    /// Wipes and takes back what ``allocate(_:)`` gave for the same `count`.
    func release(_ pointer: UnsafeMutableRawPointer, count: Int) {
        guard let size = Self.sizeClass(count) else { return sodium_free(pointer) }
        sodium_memzero(pointer, Self.slotSize(size))
        let address = keepSpare(size, UInt(bitPattern: pointer))
        if address != 0 { free.withLock { $0.bySize[size].append(UnsafeMutableRawPointer(bitPattern: address)!) } }
    }

    private static func sizeClass(_ count: Int) -> Int? {
        switch count {
        case ...32: 0
        case ...64: 1
        case ...256: 2
        case ...1_024: 3
        default: nil
        }
    }

    private static func map(_ count: Int) -> UnsafeMutableRawPointer {
        guard let pointer = sodium_malloc(count) else { preconditionFailure("The system has no memory left for a secret.") }
        return pointer
    }
}
