import CryptoPrimitives
import GatewayHTTP
import Messaging

/// What Vonage does in a call. Source: https://developer.vonage.com/en/voice/voice-api/ncco-reference
enum NCCO {
    /// Says the prompt three times while it waits for a key, then asks the address what to do.
    static func prompt(_ script: VoiceScript, language: String, action: String) -> SecretText {
        SecretText { writer in
            writer.text(#"[{"action":"talk","bargeIn":true,"loop":3,"language":"#)
            writer.quoted(language)
            writer.text(#","text":"#)
            writer.quoted(script.prompt)
            writer.text(#"},{"action":"input","type":["dtmf"],"dtmf":{"maxDigits":1,"timeOut":10,"submitOnHash":false},"eventUrl":["#)
            writer.quoted(action)
            writer.text("]}]")
        }
    }

    /// Says the parts as often as the script wants.
    static func parts(_ script: VoiceScript, code: UnsafeRawBufferPointer, language: String) -> SecretText {
        let speech = SecretText { writer in
            writer.text("<speak>")
            for part in script.parts {
                switch part {
                case .words(let words): writer.xml(words)
                case .pause(let length): writer.pause(length)
                case .digits(let pause):
                    for digit in code {
                        writer.byte(digit)
                        writer.pause(pause)
                    }
                }
            }
            writer.pause(1_000)
            writer.text("</speak>")
        }
        return SecretText { writer in
            writer.text("[{\"action\":\"talk\",\"loop\":\(script.repeats),\"language\":")
            writer.quoted(language)
            writer.text(#","text":"#)
            speech.withBytes { writer.quoted($0) }
            writer.text("}]")
        }
    }
}

extension SecretWriter {
    fileprivate mutating func pause(_ milliseconds: Int) {
        text("<break time=\"\(max(0, min(milliseconds, 10_000)))ms\"/>")
    }
}
