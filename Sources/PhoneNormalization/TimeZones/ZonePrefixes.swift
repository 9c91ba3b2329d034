internal import CPhoneMetadata

/// A walk through the trie of prefixes, country calling code first.
struct ZonePrefixes {
    private var entry = 0

    /// The number of a list of zones: that of the longest prefix walked through.
    var list: Int {
        isDecided ? entry & ~Int(PHONE_ZONE_LIST) : Int(phone_table_zone_nodes()[entry * 11])
    }

    /// Whether further digits change nothing.
    var isDecided: Bool { entry & Int(PHONE_ZONE_LIST) != 0 }

    mutating func advance(by digit: Int) {
        if !isDecided { entry = Int(phone_table_zone_nodes()[entry * 11 + 1 + digit]) }
    }

    mutating func advance(by code: UInt16) {
        if code >= 100 { advance(by: Int(code) / 100) }
        if code >= 10 { advance(by: Int(code) / 10 % 10) }
        advance(by: Int(code) % 10)
    }

    mutating func advance(by digits: NationalDigits) {
        var index = 0
        while index < Int(digits.count), !isDecided {
            advance(by: Int(digits[index]))
            index += 1
        }
    }
}
