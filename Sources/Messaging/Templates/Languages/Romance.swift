extension LanguageTexts {
    static let fr = Self(
        "fr", code: "{brand} : votre code est {code}.", validity: "Il est valable {minutes}.",
        minutes: .one("{n} minute", other: "{n} minutes"),
        warning: "Ne le donnez jamais ; nous ne le demandons pas.", recovery: "Il vous rend l'accès à votre compte.",
        reasons: Reasons(
            suspiciousSignIn: "Quelqu'un se connecte depuis un nouvel endroit.", passwordChange: "Il change votre mot de passe.",
            numberChange: "Il change votre numéro de téléphone.", emailChange: "Il change votre adresse e-mail.",
            methodChange: "Il change votre mode de connexion.", dataExport: "Il remet vos données.",
            accountErasure: "Il supprime votre compte.", payment: "Il confirme un paiement.",
            guardianApproval: "Il fait de vous un responsable légal.", sensitiveChange: "Il confirme une modification de votre compte.",
            lostMethod: "Il remplace un téléphone ou une appli perdus."),
        voice: Voice(
            prompt: "Appuyez sur une touche pour entendre votre code de {brand}.", greeting: "Bonjour. Ici {brand}, avec votre code.",
            code: "Le code est :", again: "Encore une fois, le code est :", goodbye: "Au revoir."),
        email: Email(
            verification: "Votre code {brand}", recovery: "Retrouver l'accès à votre compte {brand}",
            stepUp: "{brand} : confirmez que c'est bien vous",
            unasked: "Si vous n'avez pas demandé ce code, vous pouvez ignorer cet e-mail."),
        replies: Replies(
            stopped: "{brand} : vous ne recevrez plus de messages de notre part. Répondez START pour en recevoir à nouveau.",
            help: "{brand} : messages sur votre compte. Aide : {help} Répondez STOP pour ne plus en recevoir.",
            started: "{brand} : vous recevrez à nouveau nos messages. Répondez STOP pour les arrêter, AIDE pour de l'aide."),
        keywords: Keywords(
            stop: [
                "arrêt", "arrêter", "arrêtez", "désabonner", "désabonnement", "désinscrire", "désinscription", "annuler", "fin", "résilier",
            ],
            help: ["aide"], start: ["reprendre"]))

    static let it = Self(
        "it", code: "{brand}: il suo codice è {code}.", validity: "Vale {minutes}.", minutes: .one("{n} minuto", other: "{n} minuti"),
        warning: "Non lo dia mai a nessuno; noi non lo chiederemo.", recovery: "Le ridà l'accesso al suo account.",
        reasons: Reasons(
            suspiciousSignIn: "Qualcuno accede da un luogo nuovo.", passwordChange: "Cambia la sua password.",
            numberChange: "Cambia il suo numero di telefono.", emailChange: "Cambia il suo indirizzo e-mail.",
            methodChange: "Cambia il modo in cui accede.", dataExport: "Consegna i suoi dati.", accountErasure: "Elimina il suo account.",
            payment: "Conferma un pagamento.", guardianApproval: "La nomina tutore di qualcuno.",
            sensitiveChange: "Conferma una modifica del suo account.", lostMethod: "Sostituisce un telefono o un'app smarriti."),
        voice: Voice(
            prompt: "Prema un tasto qualsiasi per ascoltare il suo codice di {brand}.",
            greeting: "Buongiorno. Qui {brand}, con il suo codice.",
            code: "Il codice è:", again: "Ancora una volta, il codice è:", goodbye: "Arrivederci."),
        email: Email(
            verification: "Il suo codice di {brand}", recovery: "Di nuovo nel suo account {brand}",
            stepUp: "{brand}: confermi la sua identità",
            unasked: "Se non ha chiesto questo codice, può ignorare questa e-mail."),
        replies: Replies(
            stopped: "{brand}: non riceverà più messaggi da noi. Risponda START per riceverli di nuovo.",
            help: "{brand}: messaggi sul suo account. Aiuto: {help} Risponda STOP per non riceverli più.",
            started: "{brand}: riceverà di nuovo i nostri messaggi. Risponda STOP per fermarli, AIUTO per ricevere aiuto."),
        keywords: Keywords(
            stop: ["ferma", "fermare", "basta", "annulla", "cancella", "disiscrivi", "disiscrivimi", "disdici"], help: ["aiuto"],
            start: ["inizia"]))

    static let es = Self(
        "es", code: "{brand}: su código es {code}.", validity: "Vale {minutes}.", minutes: .one("{n} minuto", other: "{n} minutos"),
        warning: "No lo comparta.", recovery: "Le devuelve el acceso a su cuenta.",
        reasons: Reasons(
            suspiciousSignIn: "Alguien inicia sesión desde un lugar nuevo.", passwordChange: "Cambia su contraseña.",
            numberChange: "Cambia su número de teléfono.", emailChange: "Cambia su correo electrónico.",
            methodChange: "Cambia su forma de iniciar sesión.", dataExport: "Entrega sus datos.", accountErasure: "Elimina su cuenta.",
            payment: "Confirma un pago.", guardianApproval: "Le convierte en tutor de alguien.",
            sensitiveChange: "Confirma un cambio en su cuenta.", lostMethod: "Sustituye un teléfono o una aplicación perdidos."),
        voice: Voice(
            prompt: "Pulse cualquier tecla para escuchar su código de {brand}.", greeting: "Hola. Le llamamos de {brand} con su código.",
            code: "El código es:", again: "Otra vez, el código es:", goodbye: "Adiós."),
        email: Email(
            verification: "Su código de {brand}", recovery: "De vuelta a su cuenta de {brand}", stepUp: "{brand}: confirme que es usted",
            unasked: "Si no ha pedido este código, puede ignorar este correo."),
        replies: Replies(
            stopped: "{brand}: no recibirá más mensajes nuestros. Responda START para volver a recibirlos.",
            help: "{brand}: mensajes sobre su cuenta. Ayuda: {help} Responda STOP para no recibir más.",
            started: "{brand}: volverá a recibir nuestros mensajes. Responda STOP para no recibir más, AYUDA para obtener ayuda."),
        keywords: Keywords(
            stop: ["baja", "darse de baja", "parar", "alto", "cancelar", "detener", "anular"], help: ["ayuda"],
            start: ["iniciar"]))

    static let pt = Self(
        "pt", code: "{brand}: o seu código é {code}.", validity: "Vale {minutes}.", minutes: .one("{n} minuto", other: "{n} minutos"),
        warning: "Não o partilhe.", recovery: "Devolve-lhe o acesso à sua conta.",
        reasons: Reasons(
            suspiciousSignIn: "Alguém está a entrar a partir de um lugar novo.", passwordChange: "Muda a sua palavra-passe.",
            numberChange: "Muda o seu número de telefone.", emailChange: "Muda o seu e-mail.",
            methodChange: "Muda a forma como entra.", dataExport: "Entrega os seus dados.", accountErasure: "Elimina a sua conta.",
            payment: "Confirma um pagamento.", guardianApproval: "Torna-o tutor de alguém.",
            sensitiveChange: "Confirma uma alteração à sua conta.", lostMethod: "Substitui um telefone ou uma aplicação perdidos."),
        voice: Voice(
            prompt: "Prima qualquer tecla para ouvir o seu código de {brand}.", greeting: "Olá. Daqui fala {brand}, com o seu código.",
            code: "O código é:", again: "Mais uma vez, o código é:", goodbye: "Adeus."),
        email: Email(
            verification: "O seu código de {brand}", recovery: "De volta à sua conta de {brand}",
            stepUp: "{brand}: confirme que é o próprio",
            unasked: "Se não pediu este código, pode ignorar este e-mail."),
        replies: Replies(
            stopped: "{brand}: não receberá mais mensagens nossas. Responda START para voltar a recebê-las.",
            help: "{brand}: mensagens sobre a sua conta. Ajuda: {help} Responda STOP para deixar de as receber.",
            started: "{brand}: voltará a receber as nossas mensagens. Responda STOP para deixar de as receber, AJUDA para obter ajuda."),
        keywords: Keywords(
            stop: ["parar", "sair", "cancelar", "anular", "fim", "terminar"], help: ["ajuda"], start: ["iniciar"]))

    static let ptBR = Self(
        "pt-BR", code: "{brand}: seu código é {code}.", validity: "Vale {minutes}.", minutes: .one("{n} minuto", other: "{n} minutos"),
        warning: "Não o compartilhe.", recovery: "Ele devolve o acesso à sua conta.",
        reasons: Reasons(
            suspiciousSignIn: "Alguém está entrando de um lugar novo.", passwordChange: "Ele muda a sua senha.",
            numberChange: "Ele muda o seu número de telefone.", emailChange: "Ele muda o seu e-mail.",
            methodChange: "Ele muda a forma como você entra.", dataExport: "Ele entrega os seus dados.",
            accountErasure: "Ele exclui a sua conta.", payment: "Ele confirma um pagamento.",
            guardianApproval: "Ele torna você responsável por alguém.", sensitiveChange: "Ele confirma uma alteração na sua conta.",
            lostMethod: "Ele substitui um telefone ou aplicativo perdido."),
        voice: Voice(
            prompt: "Pressione qualquer tecla para ouvir o seu código de {brand}.", greeting: "Olá. Aqui é {brand}, com o seu código.",
            code: "O código é:", again: "Mais uma vez, o código é:", goodbye: "Até logo."),
        email: Email(
            verification: "Seu código de {brand}", recovery: "De volta à sua conta {brand}", stepUp: "{brand}: confirme que é você",
            unasked: "Se você não pediu este código, pode ignorar este e-mail."),
        replies: Replies(
            stopped: "{brand}: você não receberá mais mensagens nossas. Responda START para voltar a recebê-las.",
            help: "{brand}: mensagens sobre a sua conta. Ajuda: {help} Responda SAIR para não receber mais.",
            started: "{brand}: você voltará a receber nossas mensagens. Responda SAIR para não receber mais, AJUDA para obter ajuda."),
        keywords: Keywords(
            stop: ["sair", "parar", "cancelar", "descadastrar", "encerrar", "fim"], help: ["ajuda"],
            start: ["iniciar"]))

    static let ca = Self(
        "ca", code: "{brand}: el seu codi és {code}.", validity: "Val {minutes}.", minutes: .one("{n} minut", other: "{n} minuts"),
        warning: "No el comparteixi mai.", recovery: "Li torna l'accés al seu compte.",
        reasons: Reasons(
            suspiciousSignIn: "Algú inicia sessió des d'un lloc nou.", passwordChange: "Canvia la seva contrasenya.",
            numberChange: "Canvia el seu número de telèfon.", emailChange: "Canvia la seva adreça electrònica.",
            methodChange: "Canvia la manera d'iniciar sessió.", dataExport: "Lliura les seves dades.",
            accountErasure: "Elimina el seu compte.", payment: "Confirma un pagament.", guardianApproval: "El fa tutor d'algú.",
            sensitiveChange: "Confirma un canvi en el seu compte.", lostMethod: "Substitueix un telèfon o una aplicació perduts."),
        voice: Voice(
            prompt: "Premi qualsevol tecla per escoltar el seu codi de {brand}.",
            greeting: "Bon dia. Li truquem de {brand} amb el seu codi.",
            code: "El codi és:", again: "Una altra vegada, el codi és:", goodbye: "Adéu."),
        email: Email(
            verification: "El seu codi de {brand}", recovery: "De nou al seu compte de {brand}", stepUp: "{brand}: confirmi que és vostè",
            unasked: "Si no ha demanat aquest codi, pot ignorar aquest correu."),
        replies: Replies(
            stopped: "{brand}: no rebrà més missatges nostres. Respongui START per tornar-los a rebre.",
            help: "{brand}: missatges sobre el seu compte. Ajuda: {help} Respongui STOP per no rebre'n més.",
            started: "{brand}: tornarà a rebre els nostres missatges. Respongui STOP per no rebre'n més, AJUDA per obtenir ajuda."),
        keywords: Keywords(
            stop: ["baixa", "aturar", "atura", "parar", "cancel·lar", "anul·lar"], help: ["ajuda"], start: ["iniciar"]))

    static let ro = Self(
        "ro", code: "{brand}: codul este {code}.", validity: "Valabil {minutes}.",
        minutes: .romanian(one: "{n} minut", few: "{n} minute", other: "{n} de minute"), warning: "Nu îl divulgați.",
        recovery: "Vă redă accesul la cont.",
        reasons: Reasons(
            suspiciousSignIn: "Cineva se conectează dintr-un loc nou.", passwordChange: "Vă schimbă parola.",
            numberChange: "Vă schimbă numărul de telefon.", emailChange: "Vă schimbă adresa de e-mail.",
            methodChange: "Schimbă modul în care vă conectați.", dataExport: "Predă datele dvs.", accountErasure: "Vă șterge contul.",
            payment: "Confirmă o plată.", guardianApproval: "Vă face tutorele cuiva.", sensitiveChange: "Confirmă o modificare a contului.",
            lostMethod: "Înlocuiește un telefon sau o aplicație pierdută."),
        voice: Voice(
            prompt: "Apăsați orice tastă pentru a auzi codul de la {brand}.", greeting: "Bună ziua. Aici {brand}, cu codul dumneavoastră.",
            code: "Codul este:", again: "Încă o dată, codul este:", goodbye: "La revedere."),
        email: Email(
            verification: "Codul dvs. de la {brand}", recovery: "Înapoi în contul dvs. {brand}",
            stepUp: "{brand}: confirmați că sunteți dumneavoastră",
            unasked: "Dacă nu ați cerut acest cod, puteți ignora acest e-mail."),
        replies: Replies(
            stopped: "{brand}: nu veți mai primi mesaje de la noi. Răspundeți START pentru a le primi din nou.",
            help: "{brand}: mesaje despre contul dvs. Ajutor: {help} Răspundeți STOP pentru a nu le mai primi.",
            started: "{brand}: veți primi din nou mesajele noastre. Răspundeți STOP pentru a le opri, AJUTOR pentru ajutor."),
        keywords: Keywords(
            stop: ["opriți", "oprește", "dezabonare", "dezabonați", "anulare", "renunț", "sfârșit"], help: ["ajutor"],
            start: ["abonare"]))
}
