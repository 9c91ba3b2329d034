/// Languages of Europe, with Turkish, that are neither Germanic nor Romance nor Slavic.
extension LanguageTexts {
    static let el = Self(
        "el", code: "{brand}: κωδικός {code}.", validity: "Ισχύει {minutes}.", minutes: .one("{n} λεπτό", other: "{n} λεπτά"),
        warning: "Μην τον δώσετε πουθενά.", recovery: "Σας δίνει ξανά πρόσβαση στον λογαριασμό σας.",
        reasons: Reasons(
            suspiciousSignIn: "Κάποιος συνδέεται από νέο μέρος.", passwordChange: "Αλλάζει το συνθηματικό σας.",
            numberChange: "Αλλάζει τον αριθμό τηλεφώνου σας.", emailChange: "Αλλάζει τη διεύθυνση e-mail σας.",
            methodChange: "Αλλάζει τον τρόπο σύνδεσής σας.", dataExport: "Παραδίδει τα δεδομένα σας.",
            accountErasure: "Διαγράφει τον λογαριασμό σας.", payment: "Επιβεβαιώνει μια πληρωμή.",
            guardianApproval: "Σας κάνει κηδεμόνα κάποιου.", sensitiveChange: "Επιβεβαιώνει μια αλλαγή στον λογαριασμό σας.",
            lostMethod: "Αντικαθιστά χαμένο τηλέφωνο ή εφαρμογή."),
        voice: Voice(
            prompt: "Πατήστε οποιοδήποτε πλήκτρο για να ακούσετε τον κωδικό σας από {brand}.",
            greeting: "Γεια σας. Σας καλούμε από {brand} με τον κωδικό σας.", code: "Ο κωδικός είναι:",
            again: "Άλλη μια φορά, ο κωδικός είναι:", goodbye: "Γεια σας."),
        email: Email(
            verification: "Ο κωδικός σας από {brand}", recovery: "Πίσω στον λογαριασμό σας στο {brand}",
            stepUp: "{brand}: επιβεβαιώστε ότι είστε εσείς", unasked: "Αν δεν ζητήσατε αυτόν τον κωδικό, αγνοήστε αυτό το μήνυμα."),
        replies: Replies(
            stopped: "{brand}: δεν θα λαμβάνετε πλέον μηνύματά μας. Απαντήστε START για να τα λαμβάνετε ξανά.",
            help: "{brand}: μηνύματα για τον λογαριασμό σας. Βοήθεια: {help} Απαντήστε STOP για να σταματήσουν.",
            started: "{brand}: θα λαμβάνετε ξανά τα μηνύματά μας. Απαντήστε STOP για να σταματήσουν, ΒΟΗΘΕΙΑ για βοήθεια."),
        keywords: Keywords(
            stop: ["στοπ", "σταμάτα", "σταματήστε", "διακοπή", "διαγραφή", "ακύρωση", "τέλος"], help: ["βοήθεια"],
            start: ["έναρξη", "ξεκίνα"]))

    static let fi = Self(
        "fi", code: "{brand}: koodisi on {code}.", validity: "Se on voimassa {minutes}.",
        minutes: .one("{n} minuutin", other: "{n} minuuttia"), warning: "Älä anna sitä kenellekään; emme koskaan kysy sitä.",
        recovery: "Se palauttaa pääsyn tiliisi.",
        reasons: Reasons(
            suspiciousSignIn: "Joku kirjautuu sisään uudesta paikasta.", passwordChange: "Se vaihtaa salasanasi.",
            numberChange: "Se vaihtaa puhelinnumerosi.", emailChange: "Se vaihtaa sähköpostiosoitteesi.",
            methodChange: "Se muuttaa kirjautumistapaasi.", dataExport: "Se luovuttaa tietosi.", accountErasure: "Se poistaa tilisi.",
            payment: "Se vahvistaa maksun.", guardianApproval: "Se tekee sinusta jonkun huoltajan.",
            sensitiveChange: "Se vahvistaa muutoksen tiliisi.", lostMethod: "Se korvaa kadonneen puhelimen tai sovelluksen."),
        voice: Voice(
            prompt: "Paina mitä tahansa näppäintä kuullaksesi koodin, jonka lähettää {brand}.",
            greeting: "Hei. Täällä on {brand}, tässä on koodisi.", code: "Koodi on:", again: "Vielä kerran, koodi on:", goodbye: "Hei hei."),
        email: Email(
            verification: "{brand}: koodisi", recovery: "{brand}: takaisin tilillesi", stepUp: "{brand}: vahvista, että se olet sinä",
            unasked: "Jos et pyytänyt tätä koodia, voit jättää tämän viestin huomiotta."),
        replies: Replies(
            stopped: "{brand}: et saa meiltä enää viestejä. Vastaa START, niin saat niitä taas.",
            help: "{brand}: tiliäsi koskevia viestejä. Apua: {help} Vastaa STOP, niin viestit loppuvat.",
            started: "{brand}: saat taas viestejämme. Vastaa STOP, niin ne loppuvat, tai APUA, niin saat apua."),
        keywords: Keywords(
            stop: ["lopeta", "peruuta", "loppu", "poista"], help: ["apua", "ohje"], start: ["aloita"]))

    static let hu = Self(
        "hu", code: "{brand}: az Ön kódja {code}.", validity: "{minutes} érvényes.", minutes: .always("{n} percig"),
        warning: "Ne adja tovább.", recovery: "Visszaadja a hozzáférést a fiókjához.",
        reasons: Reasons(
            suspiciousSignIn: "Valaki új helyről jelentkezik be.", passwordChange: "Megváltoztatja a jelszavát.",
            numberChange: "Megváltoztatja a telefonszámát.", emailChange: "Megváltoztatja az e-mail-címét.",
            methodChange: "Megváltoztatja a bejelentkezés módját.", dataExport: "Kiadja az adatait.", accountErasure: "Törli a fiókját.",
            payment: "Jóváhagy egy fizetést.", guardianApproval: "Valaki gyámjává teszi Önt.",
            sensitiveChange: "Jóváhagy egy változást a fiókjában.", lostMethod: "Elveszett telefont vagy alkalmazást pótol."),
        voice: Voice(
            prompt: "{brand}: nyomjon meg egy tetszőleges gombot a kódja meghallgatásához.",
            greeting: "Jó napot kívánunk. {brand} hívja Önt a kódjával.", code: "A kód:", again: "Még egyszer, a kód:",
            goodbye: "Viszonthallásra."),
        email: Email(
            verification: "{brand}: az Ön kódja", recovery: "{brand}: vissza a fiókjába", stepUp: "{brand}: erősítse meg, hogy Ön az",
            unasked: "Ha nem Ön kérte ezt a kódot, hagyja figyelmen kívül ezt az e-mailt."),
        replies: Replies(
            stopped: "{brand}: nem kap tőlünk több üzenetet. Válaszoljon START szóval, hogy ismét kapjon.",
            help: "{brand}: üzenetek a fiókjáról. Segítség: {help} Leállításhoz válasz: STOP",
            started: "{brand}: ismét megkapja üzeneteinket. Leállításhoz válasz: STOP, segítséghez: SEGÍTSÉG"),
        keywords: Keywords(
            stop: ["állj", "leiratkozás", "leiratkozom", "lemondás", "lemondom", "mégse", "vége"], help: ["segítség"],
            start: ["feliratkozás", "indítás"]))

    static let tr = Self(
        "tr", code: "{brand}: kodunuz {code}.", validity: "{minutes} geçerli.", minutes: .always("{n} dakika"),
        warning: "Kimseyle paylaşmayın.", recovery: "Hesabınıza yeniden girmenizi sağlar.",
        reasons: Reasons(
            suspiciousSignIn: "Birisi yeni bir yerden giriş yapıyor.", passwordChange: "Şifrenizi değiştirir.",
            numberChange: "Telefon numaranızı değiştirir.", emailChange: "E-posta adresinizi değiştirir.",
            methodChange: "Giriş yönteminizi değiştirir.", dataExport: "Verilerinizi teslim eder.", accountErasure: "Hesabınızı siler.",
            payment: "Bir ödemeyi onaylar.", guardianApproval: "Sizi birinin velisi yapar.",
            sensitiveChange: "Hesabınızda bir değişikliği onaylar.",
            lostMethod: "Kaybolan telefonun veya uygulamanın yerine yenisini koyar."),
        voice: Voice(
            prompt: "{brand} kodunuzu duymak için herhangi bir tuşa basın.", greeting: "Merhaba. {brand} kodunuz için arıyoruz.",
            code: "Kod:", again: "Bir kez daha, kod:", goodbye: "Hoşça kalın."),
        email: Email(
            verification: "{brand} kodunuz", recovery: "{brand}: hesabınıza dönüş", stepUp: "{brand}: siz olduğunuzu onaylayın",
            unasked: "Bu kodu siz istemediyseniz bu e-postayı dikkate almayın."),
        replies: Replies(
            stopped: "{brand}: artık bizden mesaj almayacaksınız. Yeniden almak için START yazın.",
            help: "{brand}: hesabınızla ilgili mesajlar. Yardım: {help} Durdurmak için STOP yazın.",
            started: "{brand}: mesajlarımızı yeniden alacaksınız. Durdurmak için STOP, yardım için YARDIM yazın."),
        keywords: Keywords(
            stop: ["durdur", "iptal", "ret", "çık", "abonelikten çık"], help: ["yardım"], start: ["başlat", "başla"]))

    static let et = Self(
        "et", code: "{brand}: teie kood on {code}.", validity: "See kehtib {minutes}.", minutes: .one("{n} minuti", other: "{n} minutit"),
        warning: "Ärge jagage seda kellegagi; meie seda ei küsi.", recovery: "See annab teile taas juurdepääsu teie kontole.",
        reasons: Reasons(
            suspiciousSignIn: "Keegi logib sisse uuest kohast.", passwordChange: "See muudab teie parooli.",
            numberChange: "See muudab teie telefoninumbrit.", emailChange: "See muudab teie e-posti aadressi.",
            methodChange: "See muudab teie sisselogimise viisi.", dataExport: "See väljastab teie andmed.",
            accountErasure: "See kustutab teie konto.", payment: "See kinnitab makse.",
            guardianApproval: "See teeb teist kellegi eestkostja.",
            sensitiveChange: "See kinnitab muudatuse teie kontol.", lostMethod: "See asendab kaotatud seadme."),
        voice: Voice(
            prompt: "Koodi kuulmiseks vajutage mis tahes klahvi. Helistab {brand}.", greeting: "Tere. Siin {brand}, teie koodiga.",
            code: "Kood on:", again: "Veel kord, kood on:", goodbye: "Head aega."),
        email: Email(
            verification: "{brand}: teie kood", recovery: "{brand}: tagasi oma kontole", stepUp: "{brand}: kinnitage, et see olete teie",
            unasked: "Kui te ei ole seda koodi küsinud, võite selle kirja tähelepanuta jätta."),
        replies: Replies(
            stopped: "{brand}: te ei saa meilt enam sõnumeid. Vastake START, et neid jälle saada.",
            help: "{brand}: sõnumid teie konto kohta. Abi: {help} Lõpetamiseks vastake STOP.",
            started: "{brand}: saate jälle meie sõnumeid. Lõpetamiseks vastake STOP, abi saamiseks HELP."),
        keywords: Keywords(
            stop: ["stopp", "lõpeta", "tühista", "loobu", "loobun", "lõpp"], help: ["appi"], start: ["alusta"]))

    static let lt = Self(
        "lt", code: "{brand}: kodas {code}.", validity: "Galioja {minutes}.",
        minutes: .lithuanian(one: "{n} minutę", few: "{n} minutes", other: "{n} minučių"), warning: "Niekam jo nesakykite.",
        recovery: "Jis grąžina prieigą prie paskyros.",
        reasons: Reasons(
            suspiciousSignIn: "Kažkas jungiasi iš naujos vietos.", passwordChange: "Jis pakeičia jūsų slaptažodį.",
            numberChange: "Jis pakeičia jūsų telefono numerį.", emailChange: "Jis pakeičia jūsų el. pašto adresą.",
            methodChange: "Jis pakeičia jūsų prisijungimo būdą.", dataExport: "Jis išduoda jūsų duomenis.",
            accountErasure: "Jis ištrina jūsų paskyrą.", payment: "Jis patvirtina mokėjimą.",
            guardianApproval: "Jis paskiria jus kažkieno globėju.",
            sensitiveChange: "Jis patvirtina jūsų paskyros pakeitimą.", lostMethod: "Jis pakeičia prarastą telefoną ar programėlę."),
        voice: Voice(
            prompt: "Paspauskite bet kurį mygtuką, kad išgirstumėte savo kodą iš {brand}.",
            greeting: "Laba diena. Skambina {brand}, turime jūsų kodą.", code: "Kodas yra:", again: "Dar kartą, kodas yra:",
            goodbye: "Viso gero."),
        email: Email(
            verification: "Jūsų {brand} kodas", recovery: "{brand}: grįžimas į jūsų paskyrą", stepUp: "{brand}: patvirtinkite, kad tai jūs",
            unasked: "Jei šio kodo neprašėte, galite nekreipti dėmesio į šį laišką."),
        replies: Replies(
            stopped: "{brand}: daugiau negausite mūsų žinučių. Atsakykite START, kad vėl jas gautumėte.",
            help: "{brand}: žinutės apie jūsų paskyrą. Pagalba: {help} Atsakykite STOP, kad jų nebegautumėte.",
            started: "{brand}: vėl gausite mūsų žinutes. Atsakykite STOP, kad jų nebegautumėte, PAGALBA, jei reikia pagalbos."),
        keywords: Keywords(
            stop: ["stabdyti", "atsisakyti", "atsisakau", "atšaukti", "pabaiga", "baigti"], help: ["pagalba"], start: ["pradėti"]))

    static let lv = Self(
        "lv", code: "{brand}: kods {code}.", validity: "Derīgs {minutes}.", minutes: .latvian(one: "{n} minūti", other: "{n} minūtes"),
        warning: "Nevienam neizpaudiet.", recovery: "Tas atgriež jums piekļuvi kontam.",
        reasons: Reasons(
            suspiciousSignIn: "Kāds pierakstās no jaunas vietas.", passwordChange: "Tas maina jūsu paroli.",
            numberChange: "Tas maina jūsu tālruņa numuru.", emailChange: "Tas maina jūsu e-pasta adresi.",
            methodChange: "Tas maina jūsu pierakstīšanās veidu.", dataExport: "Tas izsniedz jūsu datus.",
            accountErasure: "Tas dzēš jūsu kontu.", payment: "Tas apstiprina maksājumu.",
            guardianApproval: "Tas ieceļ jūs par kāda aizbildni.",
            sensitiveChange: "Tas apstiprina izmaiņas jūsu kontā.", lostMethod: "Tas aizstāj pazaudētu tālruni vai lietotni."),
        voice: Voice(
            prompt: "Nospiediet jebkuru taustiņu, lai dzirdētu savu kodu no {brand}.", greeting: "Labdien. Šeit {brand} ar jūsu kodu.",
            code: "Kods ir:", again: "Vēlreiz, kods ir:", goodbye: "Visu labu."),
        email: Email(
            verification: "Jūsu {brand} kods", recovery: "{brand}: atpakaļ jūsu kontā", stepUp: "{brand}: apstipriniet, ka tas esat jūs",
            unasked: "Ja šo kodu nepieprasījāt, varat neņemt vērā šo e-pastu."),
        replies: Replies(
            stopped: "{brand}: jūs vairs nesaņemsiet mūsu ziņas. Atbildiet START, lai tās atkal saņemtu.",
            help: "{brand}: ziņas par jūsu kontu. Palīdzība: {help} Atbildiet STOP, lai tās vairs nesaņemtu.",
            started: "{brand}: jūs atkal saņemsiet mūsu ziņas. Atbildiet STOP, lai tās vairs nesaņemtu, PALĪDZĪBA, lai saņemtu palīdzību."),
        keywords: Keywords(
            stop: ["apturēt", "atteikties", "atcelt", "beigas", "beigt"], help: ["palīdzība"], start: ["sākt"]))
}
