package import CryptoPrimitives

/// What a message says: rendered into guarded memory, where the code never becomes a `String`.
package struct MessageWords: ~Copyable, Sendable {
    /// UTF-8.
    package let text: SecretBytes
    /// ASCII digits; `nil` where there is none.
    package let code: SecretBytes?
    /// BCP 47.
    package let language: String
    /// Of an e-mail.
    package let subject: String?
    /// Of a call.
    package let script: VoiceScript?

    package init(
        text: consuming SecretBytes, code: consuming SecretBytes? = nil, language: String = "", subject: String? = nil,
        script: VoiceScript? = nil
    ) {
        (self.language, self.subject, self.script) = (language, subject, script)
        self.text = text
        self.code = code
    }

    borrowing func withCode<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        switch code {
        case .some(let code): code.withUnsafeBytes { body($0) }
        case .none: body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}
