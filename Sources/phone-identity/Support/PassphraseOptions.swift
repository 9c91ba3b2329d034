#if Tool
    import ArgumentParser
    import CryptoPrimitives
    import SealedStore

    /// Where the passphrase of a person's files comes from: a descriptor, or the terminal. Never an argument, never the environment.
    struct PassphraseOptions: ParsableArguments {
        @Option(help: "Read the passphrase from this descriptor, to its end. Without it the terminal asks.")
        var passphraseFd: Int32?

        func passphrase(of file: String) throws -> KeyringPassphrase { try Self.read(passphraseFd, of: file) }

        /// For a file that is about to be made: typed twice.
        func newPassphrase(for file: String) throws -> KeyringPassphrase {
            if passphraseFd != nil { return try passphrase(of: file) }
            return try Self.askTwice(for: file)
        }

        static func askTwice(for file: String) throws -> KeyringPassphrase {
            let first = try Terminal.secretLine("New passphrase for \(VisibleText.line(file)): ")
            let second = try Terminal.secretLine("The same again: ")
            guard first.withUnsafeBytes({ first in second.withUnsafeBytes { constantTimeEquals(first, $0) } }) else {
                throw Refusal("The two passphrases differ: start again.")
            }
            return KeyringPassphrase(first)
        }

        static func read(_ descriptor: Int32?, of file: String) throws -> KeyringPassphrase {
            guard let descriptor else {
                return KeyringPassphrase(try Terminal.secretLine("Passphrase of \(VisibleText.line(file)): "))
            }
            return KeyringPassphrase(try Terminal.secret(from: descriptor, untilNewline: false))
        }
    }
#endif
