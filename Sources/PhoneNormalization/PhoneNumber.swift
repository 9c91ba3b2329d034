internal import CPhoneMetadata

/// A phone number as a person typed it, read and classified.
///
/// A value of fixed size without heap storage, cheap to copy and to compare. It prints masked everywhere
/// (`print`, `dump`, string interpolation, a debugger's mirror), and is not `Codable`, so that a number does not end
/// up in a log or a file by accident; only what is called `formatted…`, `…E164…` or ``nationalSignificantNumber`` gives all of it.
public struct PhoneNumber: Sendable, Hashable {
    let national: NationalDigits
    var extensionStorage = ExtensionDigits()
    /// Index of the country calling code's plan.
    let code: UInt8
    /// Where the walk through that plan ended: region, validity and type are looked up, never worked out again.
    let state: UInt16

    /// - Precondition: there are 2...17 digits.
    @inline(__always)
    init(code: Int, national digits: Digits) {
        national = NationalDigits(digits)
        self.code = UInt8(truncatingIfNeeded: code)
        state = Plans.walk(from: Plans.codes[code].start, digits)
    }

    var plan: UnsafePointer<phone_code> {
        @inline(__always) get { Plans.codes + Int(code) }
    }

    var outcome: Outcome {
        @inline(__always) get { Plans.outcome(of: state) }
    }
}

extension PhoneNumber {
    /// What follows the plus sign.
    public var callingCode: CountryCallingCode { CountryCallingCode(unchecked: plan.pointee.calling_code) }

    /// The digits behind the country calling code, 2...17 of them, with leading zeros where they are part of the number.
    public var nationalSignificantNumber: String {
        String(unsafeUninitializedCapacity: NationalDigits.capacity) { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            national.writeASCII(to: base)
            return Int(national.count)
        }
    }

    /// The number of zeros the national significant number begins with, not counting a last digit that is zero.
    public var leadingZeros: Int { national.leadingZeros }

    /// The extension dialled after the call is answered, in the digits it was typed in; nil without one.
    public var extensionDigits: String? {
        guard extensionStorage.count > 0 else { return nil }
        return String(decoding: TextBuffer.bytes { $0.append(extensionStorage) }, as: UTF8.self)
    }

    /// Whether the number is in a range that its numbering plan has assigned; not whether somebody answers.
    public var isValid: Bool { outcome.isValid }

    /// What kind of line the number leads to; ``NumberType/unknown`` unless it is valid.
    public var type: NumberType { outcome.type }

    /// Where the number belongs; ``Region/world`` for a code without region, nil if no region of a shared code claims it.
    public var region: Region? {
        let claim = outcome.claim
        if claim > 0 { return Plans.region(of: plan.pointee, at: claim - 1) }
        return plan.pointee.region_count == 1 ? Plans.region(of: plan.pointee, at: 0) : nil
    }

    /// What the number of digits says under the plan of the country calling code's main region.
    public var possibility: Possibility {
        Plans.possibility(of: Int(national.count), in: Plans.regions + Int(plan.pointee.main_region))
    }

    /// Whether the number of digits is one that numbers have; cheaper and more lenient than ``isValid``.
    public var isPossible: Bool { possibility.isPossible }

    /// Whether the number is in an assigned range of one region; a region that shares the calling code is another region.
    public func isValid(for region: Region) -> Bool {
        outcome(in: region)?.isValid ?? false
    }

    /// Whether the number can be called from another country; true where nobody says otherwise.
    public var canBeDialledInternationally: Bool {
        guard let region, region != .world, let outcome = outcome(in: region) else { return true }
        return !outcome.isDomesticOnly
    }

    /// What one region's plan says; nil where it has another country calling code, or where there is none.
    func outcome(in region: Region) -> Outcome? {
        var index = Int(plan.pointee.main_region)
        if region.letters != 0 {
            guard let found = Plans.regionIndex(letters: region.letters) else { return nil }
            index = found
        }
        let plan = Plans.regions + index
        guard plan.pointee.calling_code == self.plan.pointee.calling_code, plan.pointee.letters == region.letters else { return nil }
        return Plans.outcome(of: Plans.walk(from: plan.pointee.start, national))
    }
}
