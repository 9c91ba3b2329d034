/// "1 minute", "10 minutes": the forms that a language has for a number of minutes, and which number takes which.
///
/// `{n}` is the number, in ASCII digits.
/// Source: Unicode CLDR, Language Plural Rules, cardinal, for whole numbers.
struct MinuteForms: Sendable {
    private let forms: [String]
    private let index: @Sendable (Int) -> Int

    private init(_ forms: [String], _ index: @escaping @Sendable (Int) -> Int) {
        (self.forms, self.index) = (forms, index)
    }

    func text(_ minutes: Int) -> String {
        forms[index(minutes)].replacing(mark: "{n}", with: String(minutes))
    }

    /// The same for every number.
    static func always(_ form: String) -> Self {
        Self([form]) { _ in 0 }
    }

    static func one(_ one: String, other: String) -> Self {
        Self([one, other]) { $0 == 1 ? 0 : 1 }
    }

    /// Russian and Ukrainian, and Croatian: 1, 21 – 2...4, 22...24 – 5...20.
    static func slavic(one: String, few: String, many: String) -> Self {
        Self([one, few, many]) { number in
            switch (number % 10, number % 100) {
            case (_, 11...14): 2
            case (1, _): 0
            case (2...4, _): 1
            default: 2
            }
        }
    }

    /// 1 – 2...4, 22...24 – 5...21.
    static func polish(one: String, few: String, many: String) -> Self {
        Self([one, few, many]) { number in
            switch (number % 10, number % 100) {
            case _ where number == 1: 0
            case (_, 12...14): 2
            case (2...4, _): 1
            default: 2
            }
        }
    }

    /// Czech and Slovak: 1 – 2...4 – 5 and more.
    static func czech(one: String, few: String, other: String) -> Self {
        Self([one, few, other]) { $0 == 1 ? 0 : (2...4).contains($0) ? 1 : 2 }
    }

    /// 1, 21, 31 – all others. (Latvian has a third form for 10...20 beside nouns in the genitive; the accusative here has two.)
    static func latvian(one: String, other: String) -> Self {
        Self([one, other]) { $0 % 10 == 1 && $0 % 100 != 11 ? 0 : 1 }
    }

    /// 1, 21 – 2...9, 22...29 – 10...20, 30.
    static func lithuanian(one: String, few: String, other: String) -> Self {
        Self([one, few, other]) { number in
            switch (number % 10, number % 100) {
            case (_, 11...19): 2
            case (1, _): 0
            case (2...9, _): 1
            default: 2
            }
        }
    }

    /// 1, 101 – 2, 102 – 3, 4, 103, 104 – 5...100.
    static func slovenian(one: String, two: String, few: String, other: String) -> Self {
        Self([one, two, few, other]) { number in
            switch number % 100 {
            case 1: 0
            case 2: 1
            case 3...4: 2
            default: 3
            }
        }
    }

    /// 1 – 2...19, 101...119 – 20...100.
    static func romanian(one: String, few: String, other: String) -> Self {
        Self([one, few, other]) { number in
            number == 1 ? 0 : number == 0 || (1...19).contains(number % 100) ? 1 : 2
        }
    }

    /// 1 – 2 – 3...10, 103...110 – 11 and more.
    static func arabic(one: String, two: String, few: String, many: String) -> Self {
        Self([one, two, few, many]) { number in
            number == 1 ? 0 : number == 2 ? 1 : (3...10).contains(number % 100) ? 2 : 3
        }
    }
}
