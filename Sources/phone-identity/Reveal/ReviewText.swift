#if Tool
    import RecordStorage
    import SealedStore

    /// A request as an approver reads it.
    enum ReviewText {
        static func text(_ review: RevealReview) -> String {
            let request = review.file.request
            let rows = [
                ("Request", Hexadecimal.encode(request.id)),
                ("Fingerprint", Fingerprint.text(of: request.digest)),
                ("About", review.pseudonym.rawValue),
                ("Asked by", "\(VisibleText.line(review.requesterName)), \(Fingerprint.text(of: request.requester))"),
                ("Opened by", "\(VisibleText.line(review.openerName)), \(Fingerprint.text(of: request.opener))"),
                ("Purpose", RevealPurposeName.word(review.purpose)),
                ("Quorum", request.role.word),
                ("Valid", "\(request.notBefore) to \(request.expiresAt)"),
                ("Roster", "\(review.roster.number), \(Fingerprint.text(of: review.roster.digest))"),
                ("Deployment", Hexadecimal.encode(request.deployment.bytes)),
            ]
            return rows.map { "\($0)\(String(repeating: " ", count: 13 - $0.utf8.count))\($1)\n" }.joined()
                + "Why, in the requester's words:\n" + VisibleText.quoted(review.caseText)
        }
    }
#endif
