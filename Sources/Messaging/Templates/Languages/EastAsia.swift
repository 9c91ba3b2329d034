extension LanguageTexts {
    static let ja = Self(
        "ja", code: "{brand}: 認証コードは {code} です。", validity: "{minutes}有効です。", minutes: .always("{n}分間"),
        warning: "誰にも教えないでください。当社がお尋ねすることはありません。", recovery: "アカウントに再びログインできます。",
        reasons: Reasons(
            suspiciousSignIn: "新しい場所からのログインです。", passwordChange: "パスワードを変更します。", numberChange: "電話番号を変更します。",
            emailChange: "メールアドレスを変更します。", methodChange: "ログイン方法を変更します。", dataExport: "お客様のデータを渡します。",
            accountErasure: "アカウントを削除します。", payment: "支払いを承認します。", guardianApproval: "お客様を保護者として登録します。",
            sensitiveChange: "アカウントの変更を承認します。", lostMethod: "紛失した電話またはアプリを置き換えます。"),
        voice: Voice(
            prompt: "{brand} の認証コードをお聞きになるには、いずれかのキーを押してください。", greeting: "こんにちは。{brand} から認証コードをお知らせします。",
            code: "認証コードは、", again: "もう一度申し上げます。認証コードは、", goodbye: "失礼いたします。"),
        email: Email(
            verification: "{brand} の認証コード", recovery: "{brand}: アカウントの復旧", stepUp: "{brand}: ご本人確認のお願い",
            unasked: "このコードに心当たりがない場合は、このメールを無視してください。"),
        replies: Replies(
            stopped: "{brand}: 今後メッセージをお送りしません。再開するには START と返信してください。",
            help: "{brand}: アカウントに関するメッセージです。ヘルプ: {help} 停止するには STOP と返信してください。",
            started: "{brand}: メッセージの送信を再開します。停止するには STOP、ヘルプは HELP と返信してください。"),
        keywords: Keywords(
            stop: ["ストップ", "停止", "配信停止", "解除", "中止", "終了", "やめて"], help: ["ヘルプ", "助けて"], start: ["スタート", "開始", "再開"]))

    static let ko = Self(
        "ko", code: "{brand}: 인증번호는 {code}입니다.", validity: "{minutes} 동안 유효합니다.", minutes: .always("{n}분"),
        warning: "누구에게도 알려주지 마세요.", recovery: "계정에 다시 로그인할 수 있습니다.",
        reasons: Reasons(
            suspiciousSignIn: "새로운 장소에서 로그인하고 있습니다.", passwordChange: "비밀번호를 변경합니다.", numberChange: "전화번호를 변경합니다.",
            emailChange: "이메일 주소를 변경합니다.", methodChange: "로그인 방법을 변경합니다.", dataExport: "고객님의 데이터를 내보냅니다.",
            accountErasure: "계정을 삭제합니다.", payment: "결제를 승인합니다.", guardianApproval: "고객님을 보호자로 등록합니다.",
            sensitiveChange: "계정 변경을 승인합니다.", lostMethod: "분실한 휴대전화나 앱을 대체합니다."),
        voice: Voice(
            prompt: "{brand} 인증번호를 들으시려면 아무 버튼이나 눌러 주세요.", greeting: "안녕하세요. {brand}에서 인증번호를 알려 드립니다.",
            code: "인증번호는 다음과 같습니다.", again: "다시 한번 말씀드립니다. 인증번호는 다음과 같습니다.", goodbye: "감사합니다."),
        email: Email(
            verification: "{brand} 인증번호", recovery: "{brand}: 계정 복구", stepUp: "{brand}: 본인 확인 요청",
            unasked: "이 인증번호를 요청하지 않으셨다면 이 이메일을 무시하셔도 됩니다."),
        replies: Replies(
            stopped: "{brand}: 더 이상 메시지를 보내지 않습니다. 다시 받으시려면 START라고 답장해 주세요.",
            help: "{brand}: 계정 관련 메시지입니다. 도움말: {help} 중지하시려면 STOP이라고 답장해 주세요.",
            started: "{brand}: 메시지를 다시 보내 드립니다. 중지는 STOP, 도움말은 HELP라고 답장해 주세요."),
        keywords: Keywords(
            stop: ["중지", "정지", "그만", "거부", "수신거부", "수신 거부", "해지", "취소"], help: ["도움말", "도움"], start: ["시작", "재개"]))

    static let zhHans = Self(
        "zh-Hans", code: "{brand}：您的验证码是 {code}。", validity: "{minutes}内有效。", minutes: .always("{n}分钟"),
        warning: "请勿告诉任何人，我们不会向您索取。", recovery: "用于重新登录您的账号。",
        reasons: Reasons(
            suspiciousSignIn: "有人正在新的地点登录。", passwordChange: "用于更改您的密码。", numberChange: "用于更改您的手机号码。",
            emailChange: "用于更改您的邮箱地址。", methodChange: "用于更改您的登录方式。", dataExport: "用于导出您的数据。",
            accountErasure: "用于删除您的账号。", payment: "用于确认付款。", guardianApproval: "用于将您设为他人的监护人。",
            sensitiveChange: "用于确认账号变更。", lostMethod: "用于更换丢失的手机或应用。"),
        voice: Voice(
            prompt: "请按任意键收听{brand}的验证码。", greeting: "您好，这里是{brand}，为您播报验证码。", code: "验证码是：", again: "再说一遍，验证码是：",
            goodbye: "再见。"),
        email: Email(
            verification: "您的{brand}验证码", recovery: "{brand}：找回您的账号", stepUp: "{brand}：请确认是您本人操作",
            unasked: "如果您没有请求此验证码，请忽略这封邮件。"),
        replies: Replies(
            stopped: "{brand}：您将不再收到我们的消息。回复 START 可重新接收。", help: "{brand}：有关您账号的消息。帮助：{help} 回复 STOP 可停止接收。",
            started: "{brand}：您将重新收到我们的消息。回复 STOP 可停止接收，回复 HELP 可获取帮助。"),
        keywords: Keywords(
            stop: ["停止", "退订", "td", "取消", "取消订阅", "结束", "拒收"], help: ["帮助"], start: ["开始", "订阅"]))

    static let zhHant = Self(
        "zh-Hant", code: "{brand}：您的驗證碼是 {code}。", validity: "{minutes}內有效。", minutes: .always("{n}分鐘"),
        warning: "請勿告訴任何人，我們不會向您索取。", recovery: "用於重新登入您的帳號。",
        reasons: Reasons(
            suspiciousSignIn: "有人正在新的地點登入。", passwordChange: "用於變更您的密碼。", numberChange: "用於變更您的手機號碼。",
            emailChange: "用於變更您的電子郵件地址。", methodChange: "用於變更您的登入方式。", dataExport: "用於匯出您的資料。",
            accountErasure: "用於刪除您的帳號。", payment: "用於確認付款。", guardianApproval: "用於將您設為他人的監護人。",
            sensitiveChange: "用於確認帳號變更。", lostMethod: "用於更換遺失的手機或應用程式。"),
        voice: Voice(
            prompt: "請按任意鍵收聽{brand}的驗證碼。", greeting: "您好，這裡是{brand}，為您播報驗證碼。", code: "驗證碼是：", again: "再說一遍，驗證碼是：",
            goodbye: "再見。"),
        email: Email(
            verification: "您的{brand}驗證碼", recovery: "{brand}：找回您的帳號", stepUp: "{brand}：請確認是您本人操作",
            unasked: "如果您沒有要求此驗證碼，請忽略這封郵件。"),
        replies: Replies(
            stopped: "{brand}：您將不再收到我們的訊息。回覆 START 可重新接收。", help: "{brand}：有關您帳號的訊息。說明：{help} 回覆 STOP 可停止接收。",
            started: "{brand}：您將重新收到我們的訊息。回覆 STOP 可停止接收，回覆 HELP 可取得說明。"),
        keywords: Keywords(
            stop: ["停止", "退訂", "取消", "取消訂閱", "結束", "拒收"], help: ["幫助", "說明"], start: ["開始", "訂閱"]))
}
