/// How a call speaks a code: what is said, where the digits go, what is waited for. It holds no digit itself.
///
/// Nothing of it is spoken before somebody pressed a key, so that no voicemail keeps the code.
public struct VoiceScript: Hashable, Sendable {
    public enum Part: Hashable, Sendable {
        /// One sentence of plain text.
        case words(String)
        /// The code: each digit by itself, with a pause of so many milliseconds after each.
        case digits(pause: Int)
        /// Silence, in milliseconds.
        case pause(Int)
    }

    /// BCP 47, for the voice that speaks.
    public let language: String
    /// Said first, and again until a key is pressed or the call is over: "Press any key to hear your code."
    public let prompt: String
    /// Said after a key was pressed.
    public let parts: [Part]
    /// How often the parts are said, 1...5.
    public let repeats: Int

    public init(language: String, prompt: String, parts: [Part], repeats: Int) {
        (self.language, self.prompt, self.parts, self.repeats) = (language, prompt, parts, min(max(repeats, 1), 5))
    }
}
