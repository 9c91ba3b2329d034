extension LanguageTexts {
    static let pl = Self(
        "pl", code: "{brand}: Twój kod: {code}.", validity: "Ważny {minutes}.",
        minutes: .polish(one: "{n} minutę", few: "{n} minuty", many: "{n} minut"), warning: "Nie podawaj go nikomu.",
        recovery: "Przywraca dostęp do konta.",
        reasons: Reasons(
            suspiciousSignIn: "Ktoś loguje się z nowego miejsca.", passwordChange: "Zmienia hasło.",
            numberChange: "Zmienia numer telefonu.",
            emailChange: "Zmienia adres e-mail.", methodChange: "Zmienia sposób logowania.", dataExport: "Wydaje Twoje dane.",
            accountErasure: "Usuwa konto.", payment: "Potwierdza płatność.", guardianApproval: "Czyni Cię czyimś opiekunem.",
            sensitiveChange: "Potwierdza zmianę na koncie.", lostMethod: "Zastępuje utracony telefon lub aplikację."),
        voice: Voice(
            prompt: "Naciśnij dowolny klawisz, aby usłyszeć kod od {brand}.", greeting: "Dzień dobry. Tu {brand}, oto Twój kod.",
            code: "Kod to:", again: "Jeszcze raz, kod to:", goodbye: "Do widzenia."),
        email: Email(
            verification: "Twój kod od {brand}", recovery: "Powrót do konta w {brand}", stepUp: "{brand}: potwierdź, że to Ty",
            unasked: "Jeśli ta prośba o kod nie pochodzi od Ciebie, zignoruj tę wiadomość."),
        replies: Replies(
            stopped: "{brand}: nie będziemy już wysyłać wiadomości. Odpowiedz START, aby znów je otrzymywać.",
            help: "{brand}: wiadomości o Twoim koncie. Pomoc: {help} Odpowiedz STOP, aby ich nie otrzymywać.",
            started: "{brand}: znów będziemy wysyłać wiadomości. Odpowiedz STOP, aby ich nie otrzymywać, POMOC, aby uzyskać pomoc."),
        keywords: Keywords(
            stop: ["wypisz", "wypisz mnie", "rezygnuję", "rezygnacja", "anuluj", "koniec", "zakończ"], help: ["pomoc"],
            start: ["zapisz", "wznów"]))

    static let cs = Self(
        "cs", code: "{brand}: váš kód je {code}.", validity: "Platí {minutes}.",
        minutes: .czech(one: "{n} minutu", few: "{n} minuty", other: "{n} minut"), warning: "Nikomu ho nesdělujte.",
        recovery: "Vrátí vám přístup k účtu.",
        reasons: Reasons(
            suspiciousSignIn: "Někdo se přihlašuje z nového místa.", passwordChange: "Mění vaše heslo.",
            numberChange: "Mění vaše telefonní číslo.", emailChange: "Mění vaši e-mailovou adresu.",
            methodChange: "Mění způsob přihlášení.", dataExport: "Vydává vaše údaje.", accountErasure: "Maže váš účet.",
            payment: "Potvrzuje platbu.", guardianApproval: "Dělá z vás něčího opatrovníka.", sensitiveChange: "Potvrzuje změnu účtu.",
            lostMethod: "Nahrazuje ztracený telefon nebo aplikaci."),
        voice: Voice(
            prompt: "Stiskněte libovolnou klávesu a uslyšíte svůj kód od {brand}.", greeting: "Dobrý den. Tady {brand} s vaším kódem.",
            code: "Kód je:", again: "Ještě jednou, kód je:", goodbye: "Na shledanou."),
        email: Email(
            verification: "Váš kód od {brand}", recovery: "Zpět do vašeho účtu u {brand}", stepUp: "{brand}: potvrďte, že jste to vy",
            unasked: "Pokud jste o kód nežádali, můžete tento e-mail ignorovat."),
        replies: Replies(
            stopped: "{brand}: už od nás nebudete dostávat zprávy. Odpovězte START a budete je opět dostávat.",
            help: "{brand}: zprávy o vašem účtu. Pomoc: {help} Odpovězte STOP a zprávy přestanou.",
            started: "{brand}: budete opět dostávat naše zprávy. Odpovězte STOP a zprávy přestanou, POMOC pro nápovědu."),
        keywords: Keywords(
            stop: ["odhlásit", "zrušit", "zruš", "konec", "ukončit", "přestaňte"], help: ["pomoc", "nápověda"],
            start: ["přihlásit", "začít"]))

    static let sk = Self(
        "sk", code: "{brand}: váš kód je {code}.", validity: "Platí {minutes}.",
        minutes: .czech(one: "{n} minútu", few: "{n} minúty", other: "{n} minút"), warning: "Nikomu ho nehovorte.",
        recovery: "Vráti vám prístup k účtu.",
        reasons: Reasons(
            suspiciousSignIn: "Niekto sa prihlasuje z nového miesta.", passwordChange: "Mení vaše heslo.",
            numberChange: "Mení vaše telefónne číslo.", emailChange: "Mení vašu e-mailovú adresu.",
            methodChange: "Mení spôsob prihlásenia.", dataExport: "Vydáva vaše údaje.", accountErasure: "Maže váš účet.",
            payment: "Potvrdzuje platbu.", guardianApproval: "Robí z vás niečieho opatrovníka.",
            sensitiveChange: "Potvrdzuje zmenu účtu.", lostMethod: "Nahrádza stratený telefón alebo aplikáciu."),
        voice: Voice(
            prompt: "Stlačte ľubovoľné tlačidlo a budete počuť svoj kód od {brand}.", greeting: "Dobrý deň. Tu je {brand} s vaším kódom.",
            code: "Kód je:", again: "Ešte raz, kód je:", goodbye: "Dovidenia."),
        email: Email(
            verification: "Váš kód od {brand}", recovery: "Späť do vášho účtu v {brand}", stepUp: "{brand}: potvrďte, že ste to vy",
            unasked: "Ak ste o kód nežiadali, môžete tento e-mail ignorovať."),
        replies: Replies(
            stopped: "{brand}: už od nás nebudete dostávať správy. Odpovedzte START a budete ich opäť dostávať.",
            help: "{brand}: správy o vašom účte. Pomoc: {help} Odpovedzte STOP a správy prestanú.",
            started: "{brand}: budete opäť dostávať naše správy. Odpovedzte STOP a správy prestanú, POMOC pre pomoc."),
        keywords: Keywords(
            stop: ["odhlásiť", "zrušiť", "zruš", "koniec", "ukončiť", "prestaňte"], help: ["pomoc"], start: ["prihlásiť", "začať"]))

    static let sl = Self(
        "sl", code: "{brand}: vaša koda je {code}.", validity: "Velja {minutes}.",
        minutes: .slovenian(one: "{n} minuto", two: "{n} minuti", few: "{n} minute", other: "{n} minut"),
        warning: "Ne razkrijte je.", recovery: "Vrne vam dostop do računa.",
        reasons: Reasons(
            suspiciousSignIn: "Nekdo se prijavlja z novega kraja.", passwordChange: "Spremeni vaše geslo.",
            numberChange: "Spremeni vašo telefonsko številko.", emailChange: "Spremeni vaš e-poštni naslov.",
            methodChange: "Spremeni način prijave.", dataExport: "Izda vaše podatke.", accountErasure: "Izbriše vaš račun.",
            payment: "Potrdi plačilo.", guardianApproval: "Postavi vas za skrbnika nekoga.",
            sensitiveChange: "Potrdi spremembo vašega računa.", lostMethod: "Nadomesti izgubljeni telefon ali aplikacijo."),
        voice: Voice(
            prompt: "Pritisnite katero koli tipko, da slišite svojo kodo od {brand}.", greeting: "Dober dan. Tukaj {brand} z vašo kodo.",
            code: "Koda je:", again: "Še enkrat, koda je:", goodbye: "Nasvidenje."),
        email: Email(
            verification: "Vaša koda od {brand}", recovery: "Nazaj v vaš račun pri {brand}", stepUp: "{brand}: potrdite, da ste to vi",
            unasked: "Če niste zahtevali te kode, lahko to e-pošto prezrete."),
        replies: Replies(
            stopped: "{brand}: od nas ne boste več prejemali sporočil. Odgovorite START, da jih boste spet prejemali.",
            help: "{brand}: sporočila o vašem računu. Pomoč: {help} Odgovorite STOP za odjavo.",
            started: "{brand}: spet boste prejemali naša sporočila. Odgovorite STOP za odjavo, POMOČ za pomoč."),
        keywords: Keywords(
            stop: ["odjava", "odjavi", "prekliči", "konec", "nehajte"], help: ["pomoč"], start: ["prijava", "začni"]))

    static let hr = Self(
        "hr", code: "{brand}: vaš kôd je {code}.", validity: "Vrijedi {minutes}.",
        minutes: .slavic(one: "{n} minutu", few: "{n} minute", many: "{n} minuta"), warning: "Ne otkrivajte ga.",
        recovery: "Vraća vam pristup računu.",
        reasons: Reasons(
            suspiciousSignIn: "Netko se prijavljuje s novog mjesta.", passwordChange: "Mijenja vašu lozinku.",
            numberChange: "Mijenja vaš telefonski broj.", emailChange: "Mijenja vašu adresu e-pošte.",
            methodChange: "Mijenja način prijave.", dataExport: "Izdaje vaše podatke.", accountErasure: "Briše vaš račun.",
            payment: "Potvrđuje plaćanje.", guardianApproval: "Čini vas nečijim skrbnikom.",
            sensitiveChange: "Potvrđuje promjenu vašeg računa.", lostMethod: "Zamjenjuje izgubljeni telefon ili aplikaciju."),
        voice: Voice(
            prompt: "Pritisnite bilo koju tipku da čujete svoj kôd od {brand}.", greeting: "Dobar dan. Ovdje {brand} s vašim kôdom.",
            code: "Kôd je:", again: "Još jednom, kôd je:", goodbye: "Doviđenja."),
        email: Email(
            verification: "Vaš kôd od {brand}", recovery: "Natrag u vaš račun kod {brand}", stepUp: "{brand}: potvrdite da ste to vi",
            unasked: "Ako niste zatražili ovaj kôd, možete zanemariti ovu poruku."),
        replies: Replies(
            stopped: "{brand}: više nećete primati naše poruke. Odgovorite START da ih opet primate.",
            help: "{brand}: poruke o vašem računu. Pomoć: {help} Odgovorite STOP za odjavu.",
            started: "{brand}: opet ćete primati naše poruke. Odgovorite STOP za odjavu, POMOĆ za pomoć."),
        keywords: Keywords(
            stop: ["odjava", "odjavi", "otkaži", "kraj", "prekini", "prestanite"], help: ["pomoć"], start: ["prijava", "počni"]))

    static let bg = Self(
        "bg", code: "{brand}: Вашият код е {code}.", validity: "Важи {minutes}.", minutes: .one("{n} минута", other: "{n} минути"),
        warning: "Не го споделяйте.", recovery: "Връща Ви достъпа до профила.",
        reasons: Reasons(
            suspiciousSignIn: "Някой влиза от ново място.", passwordChange: "Променя паролата Ви.",
            numberChange: "Променя телефонния Ви номер.", emailChange: "Променя имейл адреса Ви.",
            methodChange: "Променя начина, по който влизате.", dataExport: "Предава Вашите данни.", accountErasure: "Изтрива профила Ви.",
            payment: "Потвърждава плащане.", guardianApproval: "Прави Ви нечий настойник.",
            sensitiveChange: "Потвърждава промяна в профила Ви.", lostMethod: "Заменя изгубен телефон или приложение."),
        voice: Voice(
            prompt: "Натиснете произволен клавиш, за да чуете кода си от {brand}.",
            greeting: "Здравейте. Обаждаме се от {brand} с Вашия код.",
            code: "Кодът е:", again: "Още веднъж, кодът е:", goodbye: "Довиждане."),
        email: Email(
            verification: "Вашият код от {brand}", recovery: "Обратно в профила Ви в {brand}", stepUp: "{brand}: потвърдете, че сте Вие",
            unasked: "Ако не сте поискали този код, можете да пренебрегнете този имейл."),
        replies: Replies(
            stopped: "{brand}: няма да получавате повече съобщения от нас. Отговорете START, за да ги получавате отново.",
            help: "{brand}: съобщения за профила Ви. Помощ: {help} Отговорете STOP, за да ги спрете.",
            started: "{brand}: отново ще получавате нашите съобщения. Отговорете STOP, за да ги спрете, ПОМОЩ за помощ."),
        keywords: Keywords(
            stop: ["стоп", "спри", "спрете", "отпиши", "отписване", "откажи", "край"], help: ["помощ"], start: ["старт", "започни"]))

    static let ru = Self(
        "ru", code: "{brand}: ваш код {code}.", validity: "Действует {minutes}.",
        minutes: .slavic(one: "{n} минуту", few: "{n} минуты", many: "{n} минут"), warning: "Никому не сообщайте.",
        recovery: "Он вернёт доступ к аккаунту.",
        reasons: Reasons(
            suspiciousSignIn: "Кто-то входит с нового места.", passwordChange: "Он меняет пароль.",
            numberChange: "Он меняет номер телефона.",
            emailChange: "Он меняет адрес почты.", methodChange: "Он меняет способ входа.", dataExport: "Он выдаёт ваши данные.",
            accountErasure: "Он удаляет аккаунт.", payment: "Он подтверждает платёж.", guardianApproval: "Он делает вас чьим-то опекуном.",
            sensitiveChange: "Он подтверждает изменение аккаунта.", lostMethod: "Он заменяет утерянный телефон или приложение."),
        voice: Voice(
            prompt: "Нажмите любую клавишу, чтобы услышать код от {brand}.", greeting: "Здравствуйте. Это {brand}, вот ваш код.",
            code: "Код:", again: "Ещё раз, код:", goodbye: "До свидания."),
        email: Email(
            verification: "Ваш код от {brand}", recovery: "Возвращение доступа к аккаунту {brand}",
            stepUp: "{brand}: подтвердите, что это вы",
            unasked: "Если вы не запрашивали этот код, просто не обращайте внимания на это письмо."),
        replies: Replies(
            stopped: "{brand}: вы больше не будете получать наши сообщения. Ответьте START, чтобы получать их снова.",
            help: "{brand}: сообщения о вашем аккаунте. Помощь: {help} Ответьте STOP, чтобы отписаться.",
            started: "{brand}: вы снова будете получать наши сообщения. Ответьте STOP, чтобы отписаться, ПОМОЩЬ, чтобы получить помощь."),
        keywords: Keywords(
            stop: ["стоп", "отписаться", "отписка", "отмена", "отменить", "хватит", "конец", "прекратить"], help: ["помощь", "справка"],
            start: ["старт", "начать", "подписаться"]))

    static let uk = Self(
        "uk", code: "{brand}: ваш код {code}.", validity: "Діє {minutes}.",
        minutes: .slavic(one: "{n} хвилину", few: "{n} хвилини", many: "{n} хвилин"), warning: "Нікому його не кажіть.",
        recovery: "Він поверне доступ до акаунту.",
        reasons: Reasons(
            suspiciousSignIn: "Хтось входить з нового місця.", passwordChange: "Він змінює пароль.",
            numberChange: "Він змінює номер телефону.",
            emailChange: "Він змінює адресу пошти.", methodChange: "Він змінює спосіб входу.", dataExport: "Він видає ваші дані.",
            accountErasure: "Він видаляє акаунт.", payment: "Він підтверджує платіж.", guardianApproval: "Він робить вас чиїмось опікуном.",
            sensitiveChange: "Він підтверджує зміну в акаунті.", lostMethod: "Він замінює втрачений телефон або застосунок."),
        voice: Voice(
            prompt: "Натисніть будь-яку клавішу, щоб почути код від {brand}.", greeting: "Добрий день. Це {brand}, ось ваш код.",
            code: "Код:", again: "Ще раз, код:", goodbye: "До побачення."),
        email: Email(
            verification: "Ваш код від {brand}", recovery: "Повернення доступу до акаунту {brand}",
            stepUp: "{brand}: підтвердьте, що це ви",
            unasked: "Якщо ви не запитували цей код, просто не зважайте на цей лист."),
        replies: Replies(
            stopped: "{brand}: ви більше не отримуватимете наших повідомлень. Надішліть START, щоб отримувати їх знову.",
            help: "{brand}: повідомлення про ваш акаунт. Допомога: {help} Надішліть STOP, щоб відписатися.",
            started: "{brand}: ви знову отримуватимете наші повідомлення. Надішліть STOP, щоб відписатися, ДОПОМОГА, щоб отримати допомогу."
        ),
        keywords: Keywords(
            stop: ["стоп", "відписатися", "відписка", "скасувати", "досить", "кінець", "припинити"], help: ["допомога", "довідка"],
            start: ["старт", "почати", "підписатися"]))
}
