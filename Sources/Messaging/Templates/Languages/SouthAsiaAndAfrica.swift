extension LanguageTexts {
    static let hi = Self(
        "hi", code: "{brand}: आपका कोड {code} है।", validity: "{minutes} तक मान्य।", minutes: .always("{n} मिनट"),
        warning: "किसी को न बताएँ।", recovery: "इससे आपको खाते में फिर प्रवेश मिलता है।",
        reasons: Reasons(
            suspiciousSignIn: "कोई नई जगह से साइन इन कर रहा है।", passwordChange: "यह आपका पासवर्ड बदलता है।",
            numberChange: "यह आपका फ़ोन नंबर बदलता है।", emailChange: "यह आपका ईमेल पता बदलता है।",
            methodChange: "यह आपके साइन इन का तरीका बदलता है।", dataExport: "यह आपका डेटा सौंपता है।",
            accountErasure: "यह आपका खाता हटाता है।", payment: "यह भुगतान की पुष्टि करता है।",
            guardianApproval: "यह आपको किसी का अभिभावक बनाता है।", sensitiveChange: "यह आपके खाते में बदलाव की पुष्टि करता है।",
            lostMethod: "यह खोए हुए फ़ोन या ऐप की जगह लेता है।"),
        voice: Voice(
            prompt: "{brand} से अपना कोड सुनने के लिए कोई भी बटन दबाएँ।", greeting: "नमस्ते। {brand} की ओर से आपका कोड।", code: "कोड है:",
            again: "एक बार फिर, कोड है:", goodbye: "धन्यवाद।"),
        email: Email(
            verification: "{brand} से आपका कोड", recovery: "{brand}: अपने खाते में वापसी", stepUp: "{brand}: पुष्टि करें कि यह आप हैं",
            unasked: "अगर आपने यह कोड नहीं माँगा, तो इस ईमेल को अनदेखा करें।"),
        replies: Replies(
            stopped: "{brand}: अब आपको हमारे संदेश नहीं मिलेंगे। फिर पाने के लिए START भेजें।",
            help: "{brand}: आपके खाते से जुड़े संदेश। मदद: {help} बंद करने के लिए STOP भेजें।",
            started: "{brand}: आपको हमारे संदेश फिर मिलेंगे। बंद करने के लिए STOP, मदद के लिए HELP भेजें।"),
        keywords: Keywords(
            stop: ["बंद", "बंद करें", "बंद करो", "रोकें", "रोको", "रद्द", "समाप्त"], help: ["मदद", "सहायता"], start: ["शुरू", "शुरू करें"]))

    static let bn = Self(
        "bn", code: "{brand}: আপনার কোড {code}।", validity: "এটি {minutes} বৈধ।", minutes: .always("{n} মিনিট"),
        warning: "কাউকে জানাবেন না।", recovery: "এটি আপনাকে অ্যাকাউন্টে ফিরতে দেয়।",
        reasons: Reasons(
            suspiciousSignIn: "কেউ নতুন জায়গা থেকে সাইন ইন করছেন।", passwordChange: "এটি আপনার পাসওয়ার্ড বদলায়।",
            numberChange: "এটি আপনার ফোন নম্বর বদলায়।", emailChange: "এটি আপনার ইমেল ঠিকানা বদলায়।",
            methodChange: "এটি আপনার সাইন ইনের পদ্ধতি বদলায়।", dataExport: "এটি আপনার তথ্য হস্তান্তর করে।",
            accountErasure: "এটি আপনার অ্যাকাউন্ট মুছে ফেলে।", payment: "এটি একটি অর্থপ্রদান নিশ্চিত করে।",
            guardianApproval: "এটি আপনাকে কারও অভিভাবক করে।", sensitiveChange: "এটি আপনার অ্যাকাউন্টে একটি পরিবর্তন নিশ্চিত করে।",
            lostMethod: "এটি হারানো ফোন বা অ্যাপের জায়গা নেয়।"),
        voice: Voice(
            prompt: "{brand} থেকে আপনার কোড শুনতে যেকোনো বোতাম চাপুন।", greeting: "নমস্কার। {brand} থেকে আপনার কোড জানানো হচ্ছে।",
            code: "কোডটি হলো:", again: "আরেকবার, কোডটি হলো:", goodbye: "ধন্যবাদ।"),
        email: Email(
            verification: "{brand} থেকে আপনার কোড", recovery: "{brand}: আপনার অ্যাকাউন্টে ফেরা", stepUp: "{brand}: নিশ্চিত করুন যে এটি আপনি",
            unasked: "আপনি এই কোড না চেয়ে থাকলে এই ইমেলটি উপেক্ষা করুন।"),
        replies: Replies(
            stopped: "{brand}: আপনি আর আমাদের বার্তা পাবেন না। আবার পেতে START পাঠান।",
            help: "{brand}: আপনার অ্যাকাউন্টের বার্তা। সাহায্য: {help} বন্ধ করতে STOP পাঠান।",
            started: "{brand}: আপনি আবার আমাদের বার্তা পাবেন। বন্ধ করতে STOP, সাহায্যের জন্য HELP পাঠান।"),
        keywords: Keywords(
            stop: ["বন্ধ", "বন্ধ করুন", "থামুন", "থামাও", "বাতিল", "শেষ"], help: ["সাহায্য"], start: ["শুরু", "শুরু করুন"]))

    static let sw = Self(
        "sw", code: "{brand}: nambari yako ya siri ni {code}.", validity: "Inatumika kwa {minutes}.", minutes: .always("dakika {n}"),
        warning: "Usimpe mtu yeyote; sisi hatutakuuliza.", recovery: "Inakurudisha kwenye akaunti yako.",
        reasons: Reasons(
            suspiciousSignIn: "Mtu anaingia kutoka mahali papya.", passwordChange: "Inabadilisha nenosiri lako.",
            numberChange: "Inabadilisha nambari yako ya simu.", emailChange: "Inabadilisha barua pepe yako.",
            methodChange: "Inabadilisha jinsi unavyoingia.", dataExport: "Inatoa data yako.", accountErasure: "Inafuta akaunti yako.",
            payment: "Inathibitisha malipo.", guardianApproval: "Inakufanya kuwa mlezi wa mtu.",
            sensitiveChange: "Inathibitisha badiliko kwenye akaunti yako.", lostMethod: "Inachukua nafasi ya simu au programu iliyopotea."),
        voice: Voice(
            prompt: "Bonyeza kitufe chochote ili usikie nambari yako kutoka {brand}.", greeting: "Habari. Hii ni {brand}, na nambari yako.",
            code: "Nambari ni:", again: "Mara nyingine, nambari ni:", goodbye: "Kwaheri."),
        email: Email(
            verification: "Nambari yako kutoka {brand}", recovery: "Rudi kwenye akaunti yako ya {brand}",
            stepUp: "{brand}: thibitisha kwamba ni wewe", unasked: "Ikiwa hukuomba nambari hii, unaweza kupuuza barua pepe hii."),
        replies: Replies(
            stopped: "{brand}: hutapata tena ujumbe kutoka kwetu. Jibu START ili uupate tena.",
            help: "{brand}: ujumbe kuhusu akaunti yako. Msaada: {help} Jibu STOP ili kuacha.",
            started: "{brand}: utapata tena ujumbe wetu. Jibu STOP ili kuacha, MSAADA kwa msaada."),
        keywords: Keywords(
            stop: ["simamisha", "sitisha", "ghairi", "jiondoe", "mwisho"], help: ["msaada"], start: ["anza", "jiunge"]))
}
