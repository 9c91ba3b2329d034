extension VoiceScript {
    /// Greeting, what the code does, the digits twice, the warning and a goodbye; said once, for the digits come again in it.
    ///
    /// - Parameter use: what the code does, where that has to be said.
    init(_ texts: LanguageTexts, brand: String, use: String?) {
        func words(_ text: String) -> Part { .words(text.replacing(mark: "{brand}", with: brand)) }
        // Long enough to write a digit down.
        let (digits, pause) = (Part.digits(pause: 600), Part.pause(800))
        let opening = [words(texts.voice.greeting)] + (use.map { [words($0)] } ?? [])
        let code = [words(texts.voice.code), digits, pause, words(texts.voice.again), digits, pause]
        self.init(
            language: texts.tag, prompt: texts.voice.prompt.replacing(mark: "{brand}", with: brand),
            parts: opening + code + [words(texts.warning), words(texts.voice.goodbye)], repeats: 1)
    }
}
