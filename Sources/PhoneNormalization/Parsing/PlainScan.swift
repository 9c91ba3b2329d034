internal import CPhoneMetadata

/// One pass over what most numbers are: ASCII digits, a plus sign, and punctuation that is nothing but punctuation.
struct PlainScan {
    let digits: Digits
    let hasPlus: Bool

    /// nil if anything in the text needs a closer look.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>, into scratch: Scratch) {
        let end = bytes.count
        guard end <= Scratch.longestInput, let base = bytes.baseAddress else { return nil }
        let kinds = phone_table_byte_kinds()
        var index = 0
        while index < end {
            let kind = kinds[Int(base[index])]
            if kind == Self.digit || kind == Self.plus { break }
            if kind == Self.other { return nil }
            index &+= 1
        }
        let start = index
        while index < end, kinds[Int(base[index])] == Self.plus { index &+= 1 }
        hasPlus = index > start
        let target = scratch.digits
        var count = 0
        while index < end {
            let byte = base[index]
            let kind = kinds[Int(byte)]
            if kind > Self.digit { return nil }
            // Written in any case, counted only if it is a digit: a branch here would be mispredicted at every separator.
            target[count] = byte & 0x0F
            count &+= Int(kind)
            index &+= 1
        }
        // Two digits may be a number as well, which the closer look decides.
        guard count > 2 else { return nil }
        digits = scratch.finish(count: count)
    }

    // The kinds of bytes, as `symbols.py` beside the table generator numbers them; 0 is punctuation.
    private static var digit: UInt8 { 1 }
    private static var plus: UInt8 { 2 }
    private static var other: UInt8 { 4 }
}
