#if Tool
    import CryptoPrimitives
    import Synchronization

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// The person at the terminal.
    enum Terminal {
        /// The longest passphrase, in bytes.
        static let passphraseLimit = 1_024

        static var isPresent: Bool { isatty(STDIN_FILENO) == 1 }

        /// Asks for a line that is not shown.
        ///
        /// - Throws: ``Refusal`` when standard input is no terminal, or the line is too long.
        static func secretLine(_ prompt: String) throws -> SecretBytes {
            guard isPresent else {
                throw Refusal.usage("Standard input is no terminal to ask for the passphrase on: give it with --passphrase-fd N.")
            }
            var settings = termios()
            guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw Refusal("The terminal does not answer: try another one.") }
            echoing.withLock { $0 = settings }
            for number in interruptions { signal(number, restoreAndEnd) }
            defer {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
                for number in interruptions { signal(number, SIG_DFL) }
                StandardError.write("\n")
            }
            var silent = settings
            silent.c_lflag &= ~tcflag_t(ECHO | ECHONL)
            guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw Refusal("The terminal goes on showing what is typed.") }
            // Not before: what is typed earlier is dropped.
            StandardError.write(prompt)
            return try secret(from: STDIN_FILENO, untilNewline: true)
        }

        /// Reads a descriptor to its end, or to the end of a line, straight into guarded memory; newlines at the end are left out.
        static func secret(from descriptor: Int32, untilNewline: Bool) throws -> SecretBytes {
            var length = 0
            let buffer = try SecretBytes(count: passphraseLimit + 1) { target in
                while length < target.count {
                    let place = target.baseAddress! + length
                    let count = read(descriptor, place, untilNewline ? 1 : target.count - length)
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0 else {
                        throw Refusal.usage(
                            "The passphrase cannot be read from descriptor \(descriptor): \(String(cString: strerror(errno))).")
                    }
                    if count == 0 || (untilNewline && target[length] == 0x0A) { return }
                    length += count
                }
                throw Refusal.usage("A passphrase has at most \(passphraseLimit) bytes.")
            }
            let end = buffer.withUnsafeBytes { bytes in
                bytes[..<length].lastIndex { $0 != 0x0A && $0 != 0x0D }.map { $0 + 1 } ?? 0
            }
            guard end > 0 else { throw Refusal.usage("The passphrase is empty.") }
            return buffer.slice(0, end)
        }

        /// Asks for a word to be typed.
        ///
        /// - Throws: ``Refusal`` when standard input is no terminal, or another word was typed.
        static func confirm(_ word: String, _ sentence: String) throws {
            guard isPresent else {
                throw Refusal.usage("Standard input is no terminal to type `\(word)` on: say --yes to do without.")
            }
            StandardError.write("\(sentence) Type `\(word)`: ")
            guard readLine() == word else { throw Refusal("`\(word)` was not typed, so nothing was done.") }
        }
    }

    private let interruptions = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    /// How the terminal was, for whoever ends the command while nothing typed is shown.
    private let echoing = Mutex(termios())

    /// Only calls what a signal handler may: the lock is not held by anyone while a line is read.
    private func restoreAndEnd(_ number: Int32) {
        if var settings = echoing.withLockIfAvailable({ $0 }) { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
        _exit(128 + number)
    }
#endif
