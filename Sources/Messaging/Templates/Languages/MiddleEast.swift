/// Languages that are written from right to left.
///
/// Each text begins with a word in the language's own script, so that phones lay its line out from right to left (UAX #9, rules P2 and P3), and each code
/// stands behind such a word, so that it keeps its place in the sentence. That makes direction marks and isolates unnecessary: each would cost one of the 70
/// characters of a part, and older phones show a box.
extension LanguageTexts {
    static let ar = Self(
        "ar", code: "رمزك من {brand} هو {code}.", validity: "صالح لمدة {minutes}.",
        minutes: .arabic(one: "دقيقة واحدة", two: "دقيقتين", few: "{n} دقائق", many: "{n} دقيقة"), warning: "لا تشاركه مع أحد.",
        recovery: "يتيح لك العودة إلى حسابك.",
        reasons: Reasons(
            suspiciousSignIn: "شخص ما يسجل الدخول من مكان جديد.", passwordChange: "يغيّر كلمة مرورك.", numberChange: "يغيّر رقم هاتفك.",
            emailChange: "يغيّر بريدك الإلكتروني.", methodChange: "يغيّر طريقة تسجيل دخولك.", dataExport: "يسلّم بياناتك.",
            accountErasure: "يحذف حسابك.", payment: "يؤكد عملية دفع.", guardianApproval: "يجعلك وصيًا على شخص.",
            sensitiveChange: "يؤكد تغييرًا في حسابك.", lostMethod: "يستبدل هاتفًا أو تطبيقًا مفقودًا."),
        voice: Voice(
            prompt: "اضغط أي مفتاح لسماع رمزك من {brand}.", greeting: "مرحبًا. نتصل بك من {brand} لإعطائك رمزك.", code: "الرمز هو:",
            again: "مرة أخرى، الرمز هو:", goodbye: "مع السلامة."),
        email: Email(
            verification: "رمزك من {brand}", recovery: "العودة إلى حسابك في {brand}", stepUp: "تأكيد هويتك لدى {brand}",
            unasked: "إذا لم تطلب هذا الرمز فيمكنك تجاهل هذه الرسالة."),
        replies: Replies(
            stopped: "لن تصلك رسائل أخرى من {brand}. أرسل START لتصلك من جديد.",
            help: "رسائل من {brand} عن حسابك. للمساعدة: {help} أرسل STOP لإيقافها.",
            started: "ستصلك رسائل {brand} من جديد. أرسل STOP لإيقافها أو HELP للمساعدة."),
        keywords: Keywords(
            stop: ["إيقاف", "أوقف", "قف", "توقف", "إلغاء", "إلغاء الاشتراك", "الغ"], help: ["مساعدة", "المساعدة"],
            start: ["ابدأ", "بدء", "اشتراك"]))

    static let he = Self(
        "he", code: "הקוד שלך מ-{brand} הוא {code}.", validity: "תקף למשך {minutes}.", minutes: .one("דקה אחת", other: "{n} דקות"),
        warning: "אין לשתף אותו.", recovery: "הוא מחזיר את הגישה לחשבון.",
        reasons: Reasons(
            suspiciousSignIn: "מתבצעת כניסה ממקום חדש.", passwordChange: "הוא משנה את הסיסמה שלך.",
            numberChange: "הוא משנה את מספר הטלפון שלך.", emailChange: "הוא משנה את כתובת הדוא\"ל שלך.",
            methodChange: "הוא משנה את אופן הכניסה שלך.", dataExport: "הוא מוסר את הנתונים שלך.", accountErasure: "הוא מוחק את החשבון שלך.",
            payment: "הוא מאשר תשלום.", guardianApproval: "הוא ממנה אותך לאפוטרופוס.", sensitiveChange: "הוא מאשר שינוי בחשבון שלך.",
            lostMethod: "הוא מחליף טלפון או יישום שאבדו."),
        voice: Voice(
            prompt: "לשמיעת הקוד מ-{brand} יש להקיש על מקש כלשהו.", greeting: "שלום. זו שיחה מ-{brand} עם הקוד שלך.", code: "הקוד הוא:",
            again: "פעם נוספת, הקוד הוא:", goodbye: "להתראות."),
        email: Email(
            verification: "הקוד שלך מ-{brand}", recovery: "חזרה לחשבון שלך ב-{brand}", stepUp: "אימות זהותך ב-{brand}",
            unasked: "אם לא ביקשת את הקוד, אפשר להתעלם מהודעה זו."),
        replies: Replies(
            stopped: "לא יישלחו אליך עוד הודעות מ-{brand}. לקבלתן מחדש יש להשיב START.",
            help: "הודעות מ-{brand} על החשבון שלך. עזרה: {help} להפסקה יש להשיב STOP.",
            started: "הודעות מ-{brand} יישלחו אליך שוב. להפסקה יש להשיב STOP, לעזרה HELP."),
        keywords: Keywords(
            stop: ["הסר", "הסירו", "הסרה", "עצור", "הפסק", "הפסיקו", "ביטול", "די"], help: ["עזרה"], start: ["התחל", "הצטרפות"]))

    static let fa = Self(
        "fa", code: "کد {brand} شما {code} است.", validity: "تا {minutes} معتبر است.", minutes: .always("{n} دقیقه"),
        warning: "به کسی ندهید.", recovery: "دسترسی شما به حساب را برمی‌گرداند.",
        reasons: Reasons(
            suspiciousSignIn: "کسی از مکان جدیدی وارد می‌شود.", passwordChange: "رمز عبور شما را تغییر می‌دهد.",
            numberChange: "شمارهٔ تلفن شما را تغییر می‌دهد.", emailChange: "نشانی ایمیل شما را تغییر می‌دهد.",
            methodChange: "روش ورود شما را تغییر می‌دهد.", dataExport: "داده‌های شما را تحویل می‌دهد.",
            accountErasure: "حساب شما را حذف می‌کند.",
            payment: "پرداختی را تأیید می‌کند.", guardianApproval: "شما را سرپرست کسی می‌کند.",
            sensitiveChange: "تغییری در حساب شما را تأیید می‌کند.", lostMethod: "تلفن یا برنامهٔ گم‌شده را جایگزین می‌کند."),
        voice: Voice(
            prompt: "برای شنیدن کد {brand} یکی از کلیدها را فشار دهید.", greeting: "سلام. از {brand} برای کد شما تماس می‌گیریم.",
            code: "کد این است:",
            again: "یک بار دیگر، کد این است:", goodbye: "خداحافظ."),
        email: Email(
            verification: "کد شما از {brand}", recovery: "بازگشت به حساب شما در {brand}", stepUp: "تأیید هویت شما در {brand}",
            unasked: "اگر شما این کد را نخواسته‌اید، این ایمیل را نادیده بگیرید."),
        replies: Replies(
            stopped: "دیگر پیامی از {brand} دریافت نمی‌کنید. برای دریافت دوباره START بفرستید.",
            help: "پیام‌های {brand} دربارهٔ حساب شما. راهنما: {help} برای قطع پیام‌ها STOP بفرستید.",
            started: "دوباره پیام‌های {brand} را دریافت می‌کنید. برای قطع STOP و برای راهنما HELP بفرستید."),
        keywords: Keywords(
            stop: ["توقف", "لغو", "لغو اشتراک", "قطع", "پایان", "ایست"], help: ["راهنما", "کمک"], start: ["شروع", "آغاز"]))

    static let ur = Self(
        "ur", code: "آپ کا {brand} کوڈ {code} ہے۔", validity: "{minutes} تک درست ہے۔", minutes: .always("{n} منٹ"),
        warning: "کسی کو نہ بتائیں۔", recovery: "یہ آپ کو اکاؤنٹ تک دوبارہ رسائی دیتا ہے۔",
        reasons: Reasons(
            suspiciousSignIn: "کوئی نئی جگہ سے سائن اِن کر رہا ہے۔", passwordChange: "یہ آپ کا پاس ورڈ بدلتا ہے۔",
            numberChange: "یہ آپ کا فون نمبر بدلتا ہے۔", emailChange: "یہ آپ کا ای میل پتہ بدلتا ہے۔",
            methodChange: "یہ آپ کے سائن اِن کا طریقہ بدلتا ہے۔", dataExport: "یہ آپ کا ڈیٹا حوالے کرتا ہے۔",
            accountErasure: "یہ آپ کا اکاؤنٹ حذف کرتا ہے۔", payment: "یہ ادائیگی کی تصدیق کرتا ہے۔",
            guardianApproval: "یہ آپ کو کسی کا سرپرست بناتا ہے۔", sensitiveChange: "یہ آپ کے اکاؤنٹ میں تبدیلی کی تصدیق کرتا ہے۔",
            lostMethod: "یہ گم شدہ فون یا ایپ کی جگہ لیتا ہے۔"),
        voice: Voice(
            prompt: "{brand} سے اپنا کوڈ سننے کے لیے کوئی بھی بٹن دبائیں۔", greeting: "السلام علیکم۔ یہ {brand} ہے، آپ کے کوڈ کے ساتھ۔",
            code: "کوڈ ہے:", again: "ایک بار پھر، کوڈ ہے:", goodbye: "خدا حافظ۔"),
        email: Email(
            verification: "آپ کا {brand} کوڈ", recovery: "آپ کے {brand} اکاؤنٹ میں واپسی", stepUp: "تصدیق کریں کہ یہ آپ ہیں: {brand}",
            unasked: "اگر آپ نے یہ کوڈ نہیں مانگا تو اس ای میل کو نظر انداز کر دیں۔"),
        replies: Replies(
            stopped: "اب آپ کو {brand} سے مزید پیغامات نہیں آئیں گے۔ دوبارہ پانے کے لیے START بھیجیں۔",
            help: "آپ کے اکاؤنٹ کے بارے میں {brand} کے پیغامات۔ مدد: {help} بند کرنے کے لیے STOP بھیجیں۔",
            started: "آپ کو {brand} کے پیغامات دوبارہ آئیں گے۔ بند کرنے کے لیے STOP، مدد کے لیے HELP بھیجیں۔"),
        keywords: Keywords(
            stop: ["بند", "بند کریں", "رکیں", "روکیں", "منسوخ", "ختم"], help: ["مدد"], start: ["شروع", "شروع کریں"]))
}
