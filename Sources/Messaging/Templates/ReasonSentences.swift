public import IdentityTypes

/// What a person is told about why they are asked again, in the message and on the host's page.
public enum ReasonSentences {
    /// One sentence.
    ///
    /// - Parameter language: BCP 47; without a text of its own its parent's is used (`de-CH`, then `de`), then English.
    public static func sentence(for reason: StepUpReason, language: String) -> String {
        let texts = sentences[LanguageFallback.find(language, among: sentences.keys)] ?? [:]
        return texts[reason] ?? sentences["en"]?[reason] ?? ""
    }

    private static let sentences: [String: [StepUpReason: String]] = [
        "en": [
            .suspiciousSignIn: "Somebody is signing in from a new place.", .passwordChange: "It changes your password.",
            .numberChange: "It changes your phone number.", .emailChange: "It changes your e-mail address.",
            .methodChange: "It changes how you sign in.", .dataExport: "It hands out your data.",
            .accountErasure: "It deletes your account.", .payment: "It confirms a payment.",
            .guardianApproval: "It makes you somebody's guardian.", .sensitiveChange: "It confirms a change to your account.",
            .lostMethod: "It replaces a lost phone or app.",
        ],
        "de": [
            .suspiciousSignIn: "Jemand meldet sich von einem neuen Ort an.", .passwordChange: "Er ändert Ihr Passwort.",
            .numberChange: "Er ändert Ihre Telefonnummer.", .emailChange: "Er ändert Ihre E-Mail-Adresse.",
            .methodChange: "Er ändert, wie Sie sich anmelden.", .dataExport: "Er gibt Ihre Daten heraus.",
            .accountErasure: "Er löscht Ihr Konto.", .payment: "Er bestätigt eine Zahlung.",
            .guardianApproval: "Er macht Sie zur Aufsichtsperson.", .sensitiveChange: "Er bestätigt eine Änderung an Ihrem Konto.",
            .lostMethod: "Er ersetzt ein verlorenes Telefon oder eine App.",
        ],
        "fr": [
            .suspiciousSignIn: "Quelqu'un se connecte depuis un nouvel endroit.", .passwordChange: "Il change votre mot de passe.",
            .numberChange: "Il change votre numéro de téléphone.", .emailChange: "Il change votre adresse e-mail.",
            .methodChange: "Il change votre façon de vous connecter.", .dataExport: "Il remet vos données.",
            .accountErasure: "Il supprime votre compte.", .payment: "Il confirme un paiement.",
            .guardianApproval: "Il fait de vous un responsable légal.", .sensitiveChange: "Il confirme une modification de votre compte.",
            .lostMethod: "Il remplace un téléphone ou une application perdus.",
        ],
        "it": [
            .suspiciousSignIn: "Qualcuno accede da un luogo nuovo.", .passwordChange: "Cambia la sua password.",
            .numberChange: "Cambia il suo numero di telefono.", .emailChange: "Cambia il suo indirizzo e-mail.",
            .methodChange: "Cambia il modo in cui accede.", .dataExport: "Consegna i suoi dati.",
            .accountErasure: "Elimina il suo account.", .payment: "Conferma un pagamento.",
            .guardianApproval: "La nomina tutore di qualcuno.", .sensitiveChange: "Conferma una modifica del suo account.",
            .lostMethod: "Sostituisce un telefono o un'app smarriti.",
        ],
        "es": [
            .suspiciousSignIn: "Alguien inicia sesión desde un lugar nuevo.", .passwordChange: "Cambia su contraseña.",
            .numberChange: "Cambia su número de teléfono.", .emailChange: "Cambia su correo electrónico.",
            .methodChange: "Cambia su forma de iniciar sesión.", .dataExport: "Entrega sus datos.",
            .accountErasure: "Elimina su cuenta.", .payment: "Confirma un pago.",
            .guardianApproval: "Le convierte en tutor de alguien.", .sensitiveChange: "Confirma un cambio en su cuenta.",
            .lostMethod: "Sustituye un teléfono o una aplicación perdidos.",
        ],
        "pt": [
            .suspiciousSignIn: "Alguém está a entrar a partir de um lugar novo.", .passwordChange: "Muda a sua palavra-passe.",
            .numberChange: "Muda o seu número de telefone.", .emailChange: "Muda o seu e-mail.",
            .methodChange: "Muda a forma como entra.", .dataExport: "Entrega os seus dados.",
            .accountErasure: "Elimina a sua conta.", .payment: "Confirma um pagamento.",
            .guardianApproval: "Torna-o tutor de alguém.", .sensitiveChange: "Confirma uma alteração à sua conta.",
            .lostMethod: "Substitui um telefone ou uma aplicação perdidos.",
        ],
        "nl": [
            .suspiciousSignIn: "Iemand meldt zich aan vanaf een nieuwe plek.", .passwordChange: "Hij wijzigt uw wachtwoord.",
            .numberChange: "Hij wijzigt uw telefoonnummer.", .emailChange: "Hij wijzigt uw e-mailadres.",
            .methodChange: "Hij wijzigt hoe u zich aanmeldt.", .dataExport: "Hij geeft uw gegevens af.",
            .accountErasure: "Hij verwijdert uw account.", .payment: "Hij bevestigt een betaling.",
            .guardianApproval: "Hij maakt u iemands voogd.", .sensitiveChange: "Hij bevestigt een wijziging van uw account.",
            .lostMethod: "Hij vervangt een verloren telefoon of app.",
        ],
        "ja": [
            .suspiciousSignIn: "新しい場所からのログインです。", .passwordChange: "パスワードを変更します。", .numberChange: "電話番号を変更します。",
            .emailChange: "メールアドレスを変更します。", .methodChange: "ログイン方法を変更します。", .dataExport: "あなたのデータを渡します。",
            .accountErasure: "アカウントを削除します。", .payment: "支払いを確認します。", .guardianApproval: "あなたを保護者として登録します。",
            .sensitiveChange: "アカウントの変更を確認します。", .lostMethod: "紛失した電話またはアプリを置き換えます。",
        ],
        "ar": [
            .suspiciousSignIn: "شخص ما يسجل الدخول من مكان جديد.", .passwordChange: "يغيّر كلمة مرورك.", .numberChange: "يغيّر رقم هاتفك.",
            .emailChange: "يغيّر بريدك الإلكتروني.", .methodChange: "يغيّر طريقة تسجيل دخولك.", .dataExport: "يسلّم بياناتك.",
            .accountErasure: "يحذف حسابك.", .payment: "يؤكد عملية دفع.", .guardianApproval: "يجعلك وصيًا على شخص.",
            .sensitiveChange: "يؤكد تغييرًا في حسابك.", .lostMethod: "يستبدل هاتفًا أو تطبيقًا مفقودًا.",
        ],
    ]
}

/// Finds a text's language.
enum LanguageFallback {
    /// The language itself, else its parent (`de-CH`, then `de`), else English.
    static func find(_ language: String, among texts: some Collection<String>) -> String {
        var tag = language.lowercased()
        while !texts.contains(tag), let cut = tag.lastIndex(of: "-") { tag = String(tag[..<cut]) }
        return texts.contains(tag) ? tag : "en"
    }
}
