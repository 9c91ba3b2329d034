#if Tool
    import ArgumentParser
    import IdentityTypes

    /// A purpose for which people may see a number, by its name on the command line.
    enum RevealPurposeName: String, CaseIterable, ExpressibleByArgument {
        case termsOfServiceReview = "terms-of-service-review"
        case legalObligation = "legal-obligation"
        case securityAlert = "security-alert"

        init?(_ code: PurposeCode) {
            guard let name = Self.allCases.first(where: { $0.purpose.token.code == code }) else { return nil }
            self = name
        }

        var purpose: any RevealPurpose.Type {
            switch self {
            case .termsOfServiceReview: Purposes.TermsOfServiceReview.self
            case .legalObligation: Purposes.LegalObligation.self
            case .securityAlert: Purposes.SecurityAlert.self
            }
        }

        var code: PurposeCode { purpose.token.code }

        static func word(_ code: PurposeCode) -> String { Self(code)?.rawValue ?? "purpose \(code.rawValue)" }
    }
#endif
