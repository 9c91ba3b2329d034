import CryptoPrimitives
import GatewayHTTP
import Messaging

/// What Twilio does in a call.
///
/// After a key press it goes on with what the `action` address answers, never with the verbs that follow: those are for a call in which nobody
/// pressed one. Source: https://www.twilio.com/docs/voice/twiml/gather
enum TwiML {
    private static let head = #"<?xml version="1.0" encoding="UTF-8"?><Response>"#

    /// Says the prompt three times, and hangs up unless a key is pressed. An empty `finishOnKey` makes `#` a key like the others.
    static func prompt(_ script: VoiceScript, language: String, action: String) -> SecretText {
        SecretText { writer in
            writer.text(head + #"<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="5" method="POST" action=""#)
            writer.xml(action)
            writer.text(#"">"#)
            for time in 0..<3 {
                if time > 0 { writer.text(#"<Pause length="2"/>"#) }
                writer.say(script.prompt.utf8, language)
            }
            writer.text("</Gather><Hangup/></Response>")
        }
    }

    /// Says the parts as often as the script wants.
    static func parts(_ script: VoiceScript, code: UnsafeRawBufferPointer, language: String) -> SecretText {
        SecretText { writer in
            writer.text(head)
            for time in 0..<script.repeats {
                if time > 0 { writer.text(#"<Pause length="1"/>"#) }
                for part in script.parts {
                    switch part {
                    case .words(let words): writer.say(words.utf8, language)
                    case .pause(let length): writer.pause(length)
                    case .digits(let pause):
                        for digit in code {
                            writer.say(CollectionOfOne(digit), language)
                            writer.pause(pause)
                        }
                    }
                }
            }
            writer.text("<Hangup/></Response>")
        }
    }
}

extension SecretWriter {
    fileprivate mutating func say(_ words: some Sequence<UInt8>, _ language: String) {
        text(#"<Say language=""#)
        xml(language)
        text(#"">"#)
        xml(words)
        text("</Say>")
    }

    /// In whole seconds, as Twilio has it; less than half a second is what it pauses between two verbs anyway.
    fileprivate mutating func pause(_ milliseconds: Int) {
        let seconds = (max(0, min(milliseconds, 10_000)) + 500) / 1_000
        if seconds > 0 { text("<Pause length=\"\(seconds)\"/>") }
    }
}
