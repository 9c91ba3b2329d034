extension LanguageTexts {
    static let vi = Self(
        "vi", code: "{brand}: mã của bạn là {code}.", validity: "Có hạn {minutes}.", minutes: .always("{n} phút"),
        warning: "Đừng cho ai biết.", recovery: "Mã cho bạn vào lại tài khoản.",
        reasons: Reasons(
            suspiciousSignIn: "Có người đăng nhập từ nơi mới.", passwordChange: "Mã thay đổi mật khẩu của bạn.",
            numberChange: "Mã thay đổi số điện thoại của bạn.", emailChange: "Mã thay đổi địa chỉ e-mail của bạn.",
            methodChange: "Mã thay đổi cách đăng nhập của bạn.", dataExport: "Mã giao dữ liệu của bạn.",
            accountErasure: "Mã xóa tài khoản của bạn.", payment: "Mã xác nhận một khoản thanh toán.",
            guardianApproval: "Mã chỉ định bạn làm người giám hộ.", sensitiveChange: "Mã xác nhận thay đổi trong tài khoản.",
            lostMethod: "Mã thay thế điện thoại hoặc ứng dụng bị mất."),
        voice: Voice(
            prompt: "Nhấn phím bất kỳ để nghe mã của bạn từ {brand}.", greeting: "Xin chào. Đây là {brand}, xin thông báo mã của bạn.",
            code: "Mã là:", again: "Xin nhắc lại, mã là:", goodbye: "Xin tạm biệt."),
        email: Email(
            verification: "Mã của bạn từ {brand}", recovery: "Trở lại tài khoản {brand} của bạn",
            stepUp: "{brand}: xác nhận đó là bạn", unasked: "Nếu bạn không yêu cầu mã này, vui lòng bỏ qua e-mail này."),
        replies: Replies(
            stopped: "{brand}: bạn sẽ không nhận tin nhắn của chúng tôi nữa. Trả lời START để nhận lại.",
            help: "{brand}: tin nhắn về tài khoản của bạn. Trợ giúp: {help} Trả lời STOP để ngừng nhận.",
            started: "{brand}: bạn sẽ nhận lại tin nhắn của chúng tôi. Trả lời STOP để ngừng nhận, HELP để được trợ giúp."),
        keywords: Keywords(
            stop: ["dừng", "ngừng", "hủy", "huỷ", "hủy đăng ký", "từ chối", "kết thúc"], help: ["trợ giúp", "giúp đỡ"],
            start: ["bắt đầu"]))

    static let id = Self(
        "id", code: "{brand}: kode Anda adalah {code}.", validity: "Berlaku {minutes}.", minutes: .always("{n} menit"),
        warning: "Jangan beri tahu siapa pun; kami tidak memintanya.", recovery: "Kode ini membuka kembali akun Anda.",
        reasons: Reasons(
            suspiciousSignIn: "Seseorang masuk dari tempat baru.", passwordChange: "Kode ini mengubah kata sandi Anda.",
            numberChange: "Kode ini mengubah nomor telepon Anda.", emailChange: "Kode ini mengubah alamat email Anda.",
            methodChange: "Kode ini mengubah cara Anda masuk.", dataExport: "Kode ini menyerahkan data Anda.",
            accountErasure: "Kode ini menghapus akun Anda.", payment: "Kode ini mengonfirmasi pembayaran.",
            guardianApproval: "Kode ini menjadikan Anda wali seseorang.", sensitiveChange: "Kode ini mengonfirmasi perubahan akun Anda.",
            lostMethod: "Kode ini mengganti ponsel atau aplikasi yang hilang."),
        voice: Voice(
            prompt: "Tekan tombol apa saja untuk mendengar kode Anda dari {brand}.", greeting: "Halo. Ini {brand}, dengan kode Anda.",
            code: "Kodenya adalah:", again: "Sekali lagi, kodenya adalah:", goodbye: "Sampai jumpa."),
        email: Email(
            verification: "Kode Anda dari {brand}", recovery: "Kembali ke akun {brand} Anda",
            stepUp: "{brand}: konfirmasikan bahwa ini Anda",
            unasked: "Jika Anda tidak meminta kode ini, abaikan email ini."),
        replies: Replies(
            stopped: "{brand}: Anda tidak akan menerima pesan kami lagi. Balas START untuk menerimanya kembali.",
            help: "{brand}: pesan tentang akun Anda. Bantuan: {help} Balas STOP untuk berhenti.",
            started: "{brand}: Anda akan menerima pesan kami kembali. Balas STOP untuk berhenti, BANTUAN untuk bantuan."),
        keywords: Keywords(
            stop: ["berhenti", "hentikan", "batal", "batalkan", "keluar"], help: ["bantuan", "tolong"], start: ["mulai"]))

    static let ms = Self(
        "ms", code: "{brand}: kod anda ialah {code}.", validity: "Sah selama {minutes}.", minutes: .always("{n} minit"),
        warning: "Jangan beritahu sesiapa; kami tidak memintanya.", recovery: "Kod ini membuka semula akaun anda.",
        reasons: Reasons(
            suspiciousSignIn: "Seseorang log masuk dari tempat baharu.", passwordChange: "Kod ini menukar kata laluan anda.",
            numberChange: "Kod ini menukar nombor telefon anda.", emailChange: "Kod ini menukar alamat e-mel anda.",
            methodChange: "Kod ini menukar cara anda log masuk.", dataExport: "Kod ini menyerahkan data anda.",
            accountErasure: "Kod ini memadamkan akaun anda.", payment: "Kod ini mengesahkan pembayaran.",
            guardianApproval: "Kod ini menjadikan anda penjaga seseorang.",
            sensitiveChange: "Kod ini mengesahkan perubahan pada akaun anda.",
            lostMethod: "Kod ini mengganti telefon atau apl yang hilang."),
        voice: Voice(
            prompt: "Tekan mana-mana kekunci untuk mendengar kod anda daripada {brand}.", greeting: "Helo. Ini {brand}, dengan kod anda.",
            code: "Kodnya ialah:", again: "Sekali lagi, kodnya ialah:", goodbye: "Selamat tinggal."),
        email: Email(
            verification: "Kod anda daripada {brand}", recovery: "Kembali ke akaun {brand} anda", stepUp: "{brand}: sahkan bahawa ini anda",
            unasked: "Jika anda tidak meminta kod ini, abaikan e-mel ini."),
        replies: Replies(
            stopped: "{brand}: anda tidak akan menerima mesej kami lagi. Balas START untuk menerimanya semula.",
            help: "{brand}: mesej tentang akaun anda. Bantuan: {help} Balas STOP untuk berhenti.",
            started: "{brand}: anda akan menerima mesej kami semula. Balas STOP untuk berhenti, BANTUAN untuk bantuan."),
        keywords: Keywords(
            stop: ["berhenti", "henti", "hentikan", "batal", "batalkan", "tamat"], help: ["bantuan", "tolong"], start: ["mulakan"]))

    static let fil = Self(
        "fil", code: "{brand}: ang code ninyo ay {code}.", validity: "Magagamit nang {minutes}.", minutes: .always("{n} minuto"),
        warning: "Huwag itong ibahagi; hindi namin ito hihingin.", recovery: "Ibinabalik nito ang account ninyo.",
        reasons: Reasons(
            suspiciousSignIn: "May nagsa-sign in mula sa bagong lugar.", passwordChange: "Pinapalitan nito ang password ninyo.",
            numberChange: "Pinapalitan nito ang phone number ninyo.", emailChange: "Pinapalitan nito ang email address ninyo.",
            methodChange: "Pinapalitan nito ang pag-sign in ninyo.", dataExport: "Ibinibigay nito ang data ninyo.",
            accountErasure: "Binubura nito ang account ninyo.", payment: "Kinukumpirma nito ang isang bayad.",
            guardianApproval: "Ginagawa kayo nitong tagapag-alaga.", sensitiveChange: "Kinukumpirma nito ang pagbabago sa account.",
            lostMethod: "Pinapalitan nito ang nawalang telepono o app."),
        voice: Voice(
            prompt: "Pindutin ang alinmang key para marinig ang code ninyo mula sa {brand}.",
            greeting: "Magandang araw. Ito ang {brand}, dala ang code ninyo.",
            code: "Ang code ay:", again: "Isa pang beses, ang code ay:", goodbye: "Paalam."),
        email: Email(
            verification: "Ang code ninyo mula sa {brand}", recovery: "Pagbabalik sa account ninyo sa {brand}",
            stepUp: "{brand}: kumpirmahing kayo ito", unasked: "Kung hindi kayo humingi ng code na ito, huwag pansinin ang email na ito."),
        replies: Replies(
            stopped: "{brand}: hindi na kayo makakatanggap ng mensahe namin. Mag-reply ng START para makatanggap muli.",
            help: "{brand}: mga mensahe tungkol sa account ninyo. Tulong: {help} Mag-reply ng STOP para ihinto.",
            started: "{brand}: makakatanggap kayo muli ng mensahe namin. Mag-reply ng STOP para ihinto, TULONG para sa tulong."),
        keywords: Keywords(
            stop: ["itigil", "tigil", "ihinto", "hinto", "tama na", "kanselahin"], help: ["tulong"], start: ["simulan", "magsimula"]))

    static let th = Self(
        "th", code: "{brand}: รหัสของคุณคือ {code}", validity: "ใช้ได้ {minutes}", minutes: .always("{n} นาที"), warning: "ห้ามบอกใคร",
        recovery: "รหัสนี้ให้คุณกลับเข้าสู่บัญชี",
        reasons: Reasons(
            suspiciousSignIn: "มีคนกำลังเข้าสู่ระบบจากที่ใหม่", passwordChange: "รหัสนี้เปลี่ยนรหัสผ่านของคุณ",
            numberChange: "รหัสนี้เปลี่ยนหมายเลขโทรศัพท์ของคุณ", emailChange: "รหัสนี้เปลี่ยนที่อยู่อีเมลของคุณ",
            methodChange: "รหัสนี้เปลี่ยนวิธีเข้าสู่ระบบของคุณ", dataExport: "รหัสนี้ส่งมอบข้อมูลของคุณ",
            accountErasure: "รหัสนี้ลบบัญชีของคุณ", payment: "รหัสนี้ยืนยันการชำระเงิน", guardianApproval: "รหัสนี้ทำให้คุณเป็นผู้ปกครองของผู้อื่น",
            sensitiveChange: "รหัสนี้ยืนยันการเปลี่ยนแปลงบัญชีของคุณ", lostMethod: "รหัสนี้ใช้แทนโทรศัพท์หรือแอปที่หายไป"),
        voice: Voice(
            prompt: "กดปุ่มใดก็ได้เพื่อฟังรหัสของคุณจาก {brand}", greeting: "สวัสดีค่ะ นี่คือ {brand} แจ้งรหัสของคุณ", code: "รหัสคือ",
            again: "ขอทวนอีกครั้ง รหัสคือ", goodbye: "สวัสดีค่ะ"),
        email: Email(
            verification: "รหัสของคุณจาก {brand}", recovery: "{brand}: กลับเข้าสู่บัญชีของคุณ", stepUp: "{brand}: โปรดยืนยันว่าเป็นคุณ",
            unasked: "หากคุณไม่ได้ขอรหัสนี้ โปรดเพิกเฉยต่ออีเมลนี้"),
        replies: Replies(
            stopped: "{brand}: คุณจะไม่ได้รับข้อความจากเราอีก ตอบ START เพื่อรับอีกครั้ง",
            help: "{brand}: ข้อความเกี่ยวกับบัญชีของคุณ ความช่วยเหลือ: {help} ตอบ STOP เพื่อหยุดรับ",
            started: "{brand}: คุณจะได้รับข้อความจากเราอีกครั้ง ตอบ STOP เพื่อหยุดรับ หรือ HELP เพื่อขอความช่วยเหลือ"),
        keywords: Keywords(
            stop: ["หยุด", "ยกเลิก", "เลิก", "เลิกรับ", "สิ้นสุด"], help: ["ช่วยเหลือ", "ช่วยด้วย"], start: ["เริ่ม", "สมัคร"]))
}
