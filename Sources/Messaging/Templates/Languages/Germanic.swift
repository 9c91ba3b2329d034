extension LanguageTexts {
    static let en = Self(
        "en", code: "{brand}: your code is {code}.", validity: "It is good for {minutes}.",
        minutes: .one("{n} minute", other: "{n} minutes"),
        warning: "Never share it; we will not ask you for it.", recovery: "It lets you back into your account.",
        reasons: Reasons(
            suspiciousSignIn: "Somebody is signing in from a new place.", passwordChange: "It changes your password.",
            numberChange: "It changes your phone number.", emailChange: "It changes your e-mail address.",
            methodChange: "It changes how you sign in.", dataExport: "It hands out your data.", accountErasure: "It deletes your account.",
            payment: "It confirms a payment.", guardianApproval: "It makes you somebody's guardian.",
            sensitiveChange: "It confirms a change to your account.", lostMethod: "It replaces a lost phone or app."),
        voice: Voice(
            prompt: "Press any key to hear your code from {brand}.", greeting: "Hello. This is {brand}, with your code.",
            code: "The code is:", again: "Once more, the code is:", goodbye: "Goodbye."),
        email: Email(
            verification: "Your code from {brand}", recovery: "Back into your account at {brand}",
            stepUp: "{brand}: confirm that it is you",
            unasked: "If you did not ask for this code, you can ignore this e-mail."),
        replies: Replies(
            stopped: "{brand}: you will get no more messages from us. Reply START to get them again.",
            help: "{brand}: messages about your account. Help: {help} Reply STOP to end messages.",
            started: "{brand}: you will get our messages again. Reply STOP to end them, HELP for help."),
        keywords: Keywords(
            stop: [
                "stop", "stop all", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "opt out", "optout", "remove",
            ], help: ["help", "info"], start: ["start", "unstop"]))

    static let de = Self(
        "de", code: "{brand}: Ihr Code ist {code}.", validity: "Er gilt {minutes}.", minutes: .one("{n} Minute", other: "{n} Minuten"),
        warning: "Geben Sie ihn nie weiter; wir fragen Sie nie danach.", recovery: "Er lässt Sie wieder in Ihr Konto.",
        reasons: Reasons(
            suspiciousSignIn: "Jemand meldet sich von einem neuen Ort an.", passwordChange: "Er ändert Ihr Passwort.",
            numberChange: "Er ändert Ihre Telefonnummer.", emailChange: "Er ändert Ihre E-Mail-Adresse.",
            methodChange: "Er ändert, wie Sie sich anmelden.", dataExport: "Er gibt Ihre Daten heraus.",
            accountErasure: "Er löscht Ihr Konto.", payment: "Er bestätigt eine Zahlung.",
            guardianApproval: "Er macht Sie zur Aufsichtsperson.", sensitiveChange: "Er bestätigt eine Änderung an Ihrem Konto.",
            lostMethod: "Er ersetzt ein verlorenes Telefon oder eine App."),
        voice: Voice(
            prompt: "Drücken Sie eine beliebige Taste, um Ihren Code von {brand} zu hören.",
            greeting: "Guten Tag. Hier ist {brand} mit Ihrem Code.", code: "Der Code lautet:", again: "Noch einmal, der Code lautet:",
            goodbye: "Auf Wiederhören."),
        email: Email(
            verification: "Ihr Code von {brand}", recovery: "Zurück in Ihr Konto bei {brand}",
            stepUp: "{brand}: Bestätigen Sie, dass Sie es sind",
            unasked: "Wenn Sie diesen Code nicht angefordert haben, können Sie diese E-Mail ignorieren."),
        replies: Replies(
            stopped: "{brand}: Sie erhalten keine Nachrichten mehr von uns. Mit START erhalten Sie sie wieder.",
            help: "{brand}: Nachrichten zu Ihrem Konto. Hilfe: {help} Mit STOP beenden Sie sie.",
            started: "{brand}: Sie erhalten unsere Nachrichten wieder. Mit STOP beenden Sie sie, mit HILFE erhalten Sie Hilfe."),
        keywords: Keywords(
            stop: ["stopp", "stop alles", "abmelden", "abbestellen", "beenden", "ende", "kündigen", "kuendigen", "widerruf", "widerrufen"],
            help: ["hilfe"], start: ["anmelden", "starten"]))

    static let nl = Self(
        "nl", code: "{brand}: uw code is {code}.", validity: "Hij is {minutes} geldig.", minutes: .one("{n} minuut", other: "{n} minuten"),
        warning: "Deel hem nooit; wij vragen er niet om.", recovery: "Hij geeft u weer toegang tot uw account.",
        reasons: Reasons(
            suspiciousSignIn: "Iemand meldt zich aan vanaf een nieuwe plek.", passwordChange: "Hij wijzigt uw wachtwoord.",
            numberChange: "Hij wijzigt uw telefoonnummer.", emailChange: "Hij wijzigt uw e-mailadres.",
            methodChange: "Hij wijzigt hoe u zich aanmeldt.", dataExport: "Hij geeft uw gegevens af.",
            accountErasure: "Hij verwijdert uw account.", payment: "Hij bevestigt een betaling.",
            guardianApproval: "Hij maakt u iemands voogd.", sensitiveChange: "Hij bevestigt een wijziging van uw account.",
            lostMethod: "Hij vervangt een verloren telefoon of app."),
        voice: Voice(
            prompt: "Druk op een willekeurige toets om uw code van {brand} te horen.", greeting: "Goedendag. Dit is {brand} met uw code.",
            code: "De code is:", again: "Nogmaals, de code is:", goodbye: "Tot ziens."),
        email: Email(
            verification: "Uw code van {brand}", recovery: "Terug in uw account bij {brand}", stepUp: "{brand}: bevestig dat u het bent",
            unasked: "Hebt u niet om deze code gevraagd, dan kunt u deze e-mail negeren."),
        replies: Replies(
            stopped: "{brand}: u krijgt geen berichten meer van ons. Antwoord START om ze weer te krijgen.",
            help: "{brand}: berichten over uw account. Hulp: {help} Antwoord STOP om ze te beëindigen.",
            started: "{brand}: u krijgt onze berichten weer. Antwoord STOP om ze te beëindigen, HULP voor hulp."),
        keywords: Keywords(
            stop: ["stoppen", "afmelden", "uitschrijven", "opzeggen", "einde", "annuleren"], help: ["hulp"],
            start: ["starten", "aanmelden"]))

    static let sv = Self(
        "sv", code: "{brand}: din kod är {code}.", validity: "Den gäller i {minutes}.", minutes: .one("{n} minut", other: "{n} minuter"),
        warning: "Lämna aldrig ut den; vi frågar aldrig efter den.", recovery: "Den ger dig tillgång till ditt konto igen.",
        reasons: Reasons(
            suspiciousSignIn: "Någon loggar in från en ny plats.", passwordChange: "Den ändrar ditt lösenord.",
            numberChange: "Den ändrar ditt telefonnummer.", emailChange: "Den ändrar din e-postadress.",
            methodChange: "Den ändrar hur du loggar in.", dataExport: "Den lämnar ut dina uppgifter.",
            accountErasure: "Den raderar ditt konto.", payment: "Den bekräftar en betalning.",
            guardianApproval: "Den gör dig till någons vårdnadshavare.", sensitiveChange: "Den bekräftar en ändring av ditt konto.",
            lostMethod: "Den ersätter en förlorad telefon eller app."),
        voice: Voice(
            prompt: "Tryck på valfri knapp för att höra din kod från {brand}.", greeting: "Hej. Det här är {brand} med din kod.",
            code: "Koden är:", again: "En gång till, koden är:", goodbye: "Hej då."),
        email: Email(
            verification: "Din kod från {brand}", recovery: "Tillbaka till ditt konto hos {brand}",
            stepUp: "{brand}: bekräfta att det är du",
            unasked: "Om du inte har bett om koden kan du bortse från det här mejlet."),
        replies: Replies(
            stopped: "{brand}: du får inga fler meddelanden från oss. Svara START för att få dem igen.",
            help: "{brand}: meddelanden om ditt konto. Hjälp: {help} Svara STOPP för att avsluta.",
            started: "{brand}: du får våra meddelanden igen. Svara STOPP för att avsluta, HJÄLP för hjälp."),
        keywords: Keywords(
            stop: ["stopp", "stoppa", "sluta", "avsluta", "avbryt", "avregistrera", "säg upp"], help: ["hjälp"], start: ["starta"]))

    static let da = Self(
        "da", code: "{brand}: din kode er {code}.", validity: "Den gælder i {minutes}.", minutes: .one("{n} minut", other: "{n} minutter"),
        warning: "Del den aldrig; vi beder dig aldrig om den.", recovery: "Den giver dig adgang til din konto igen.",
        reasons: Reasons(
            suspiciousSignIn: "Nogen logger ind fra et nyt sted.", passwordChange: "Den ændrer din adgangskode.",
            numberChange: "Den ændrer dit telefonnummer.", emailChange: "Den ændrer din e-mailadresse.",
            methodChange: "Den ændrer, hvordan du logger ind.", dataExport: "Den udleverer dine data.",
            accountErasure: "Den sletter din konto.", payment: "Den bekræfter en betaling.",
            guardianApproval: "Den gør dig til nogens værge.", sensitiveChange: "Den bekræfter en ændring af din konto.",
            lostMethod: "Den erstatter en mistet telefon eller app."),
        voice: Voice(
            prompt: "Tryk på en vilkårlig tast for at høre din kode fra {brand}.", greeting: "Goddag. Det er {brand} med din kode.",
            code: "Koden er:", again: "En gang til, koden er:", goodbye: "Farvel."),
        email: Email(
            verification: "Din kode fra {brand}", recovery: "Tilbage til din konto hos {brand}", stepUp: "{brand}: bekræft, at det er dig",
            unasked: "Hvis du ikke har bedt om koden, kan du se bort fra denne e-mail."),
        replies: Replies(
            stopped: "{brand}: du får ikke flere beskeder fra os. Svar START for at få dem igen.",
            help: "{brand}: beskeder om din konto. Hjælp: {help} Svar STOP for at afslutte.",
            started: "{brand}: du får vores beskeder igen. Svar STOP for at afslutte, HJÆLP for hjælp."),
        keywords: Keywords(
            stop: ["stop alle", "afmeld", "afslut", "annuller", "opsig"], help: ["hjælp", "hjaelp"], start: ["tilmeld"]))

    static let nb = Self(
        "nb", code: "{brand}: koden din er {code}.", validity: "Den gjelder i {minutes}.",
        minutes: .one("{n} minutt", other: "{n} minutter"),
        warning: "Del den aldri; vi ber deg aldri om den.", recovery: "Den gir deg tilgang til kontoen din igjen.",
        reasons: Reasons(
            suspiciousSignIn: "Noen logger inn fra et nytt sted.", passwordChange: "Den endrer passordet ditt.",
            numberChange: "Den endrer telefonnummeret ditt.", emailChange: "Den endrer e-postadressen din.",
            methodChange: "Den endrer hvordan du logger inn.", dataExport: "Den utleverer opplysningene dine.",
            accountErasure: "Den sletter kontoen din.", payment: "Den bekrefter en betaling.",
            guardianApproval: "Den gjør deg til noens verge.", sensitiveChange: "Den bekrefter en endring i kontoen din.",
            lostMethod: "Den erstatter en mistet telefon eller app."),
        voice: Voice(
            prompt: "Trykk på en hvilken som helst tast for å høre koden din fra {brand}.",
            greeting: "Hei. Dette er {brand} med koden din.",
            code: "Koden er:", again: "En gang til, koden er:", goodbye: "Ha det bra."),
        email: Email(
            verification: "Koden din fra {brand}", recovery: "Tilbake til kontoen din hos {brand}",
            stepUp: "{brand}: bekreft at det er deg",
            unasked: "Hvis du ikke har bedt om koden, kan du se bort fra denne e-posten."),
        replies: Replies(
            stopped: "{brand}: du får ikke flere meldinger fra oss. Svar START for å få dem igjen.",
            help: "{brand}: meldinger om kontoen din. Hjelp: {help} Svar STOPP for å avslutte.",
            started: "{brand}: du får meldingene våre igjen. Svar STOPP for å avslutte, HJELP for hjelp."),
        keywords: Keywords(
            stop: ["stopp", "stans", "slutt", "avslutt", "avbryt", "meld av", "avmeld"], help: ["hjelp"], start: ["start igjen"]))
}
