import CryptoPrimitives

/// What somebody asks for with one word, of whatever sends them messages.
///
/// The keyword is the whole message, in any language there is, whatever its case, accents, punctuation and emoji around it: "Stop!" and "opt-out" are keywords, and
/// "don't stop the service" and "yes" are for the host. A word that is a keyword of two kinds ends messages.
///
/// English words everywhere, for so they are taught: CTIA's and the FCC's, and what gateways take beside them. Of French and Chinese what gateways publish
/// (ARRET, TD); of other languages the plain imperative and what is in common use (BAJA, SAIR, RET, הסר, 수신거부). Left out is what means something ordinary
/// elsewhere, such as the Italian *fine*, the Danish *slut* or the Spanish *pare*. Messages begin again by few words, none of them an everyday answer.
///
/// What says the same in a sentence is not found: who must honour any reasonable means has people read the rest.
/// Source: CTIA, Messaging Principles and Best Practices (2023) §5.1.3; 47 CFR 64.1200(a)(10); AWS End User Messaging, "Required opt-out keywords";
/// Tencent Cloud, SMS, unsubscription.
package enum InboundKeyword: String, Hashable, Sendable, CaseIterable {
    /// No more messages.
    case stop
    /// What this is, and whom to ask.
    case help
    /// Messages again.
    case start

    /// - Parameter text: UTF-8; what is no UTF-8 in it counts as punctuation.
    /// - Complexity: O(length); the text is folded into guarded memory, as far as the longest keyword.
    package static func find(in text: UnsafeRawBufferPointer) -> InboundKeyword? {
        var length = 0
        var fits = true
        let folded = SecretBytes(count: Table.longest * MemoryLayout<UInt32>.stride) { target in
            KeywordFolding.fold(text) { scalar in
                guard length < Table.longest else {
                    fits = false
                    return false
                }
                target.storeBytes(of: scalar, toByteOffset: length * MemoryLayout<UInt32>.stride, as: UInt32.self)
                length += 1
                return true
            }
        }
        guard fits, length > 0 else { return nil }
        return folded.withUnsafeBytes { folded in
            Table.entries.first { entry in
                entry.word.count == length
                    && entry.word.indices.allSatisfy {
                        folded.loadUnaligned(fromByteOffset: $0 * MemoryLayout<UInt32>.stride, as: UInt32.self) == entry.word[$0]
                    }
            }?.keyword
        }
    }

    /// Every keyword as it is folded, those first that win.
    private enum Table {
        static let entries: [(word: [UInt32], keyword: InboundKeyword)] =
            LanguageTexts.all.flatMap { $0.keywords.stop.map { (folded($0), .stop) } }
            + LanguageTexts.all.flatMap { $0.keywords.help.map { (folded($0), .help) } }
            + LanguageTexts.all.flatMap { $0.keywords.start.map { (folded($0), .start) } }
        static let longest = entries.map(\.word.count).max() ?? 0

        private static func folded(_ word: String) -> [UInt32] {
            let bytes = Array(word.utf8)
            var scalars: [UInt32] = []
            bytes.span.withUnsafeBytes { bytes in
                KeywordFolding.fold(bytes) { scalar in
                    scalars.append(scalar)
                    return true
                }
            }
            return scalars
        }
    }
}
