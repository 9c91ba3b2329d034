package import CryptoPrimitives

/// What a message says. The code never becomes a `String`, and the text around it is made when it is lent: what waits for a gateway holds little more
/// than its code.
package struct MessageWords: ~Copyable, Sendable {
    private enum Text: ~Copyable, Sendable {
        case rendered(SecretBytes)
        /// With the code in its place each time.
        case made(@Sendable (borrowing SecretBytes) -> SecretBytes)
    }

    private let text: Text
    /// ASCII digits; none where there is no code.
    private let code: SecretBytes
    /// BCP 47.
    package let language: String
    /// Of an e-mail.
    package let subject: String?
    /// Of a call.
    package let script: VoiceScript?

    /// - Parameter text: UTF-8.
    package init(text: consuming SecretBytes, language: String = "") {
        (self.language, subject, script) = (language, nil, nil)
        code = SecretBytes(copying: [])
        self.text = .rendered(text)
    }

    package init(
        code: consuming SecretBytes, language: String, subject: String? = nil, script: VoiceScript? = nil,
        _ text: @escaping @Sendable (borrowing SecretBytes) -> SecretBytes
    ) {
        (self.language, self.subject, self.script) = (language, subject, script)
        self.code = code
        self.text = .made(text)
    }

    /// Lends text, UTF-8, and code, ASCII digits, for the length of `body`.
    package borrowing func withContent<Value, Failure: Error>(
        _ body: (_ text: UnsafeRawBufferPointer, _ code: UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch text {
        case .rendered(let text):
            try text.withUnsafeBytes { text throws(Failure) in try code.withUnsafeBytes { code throws(Failure) in try body(text, code) } }
        case .made(let make):
            try make(code).withUnsafeBytes { text throws(Failure) in
                try code.withUnsafeBytes { code throws(Failure) in try body(text, code) }
            }
        }
    }
}
