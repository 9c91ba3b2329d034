internal import CPhoneMetadata

extension Region {
    /// Whether any short numbers of the region are known.
    public var hasShortNumbers: Bool { ShortPlans.plan(of: self) != nil }

    /// Whether an emergency number with more digits behind it connects to nobody here; elsewhere it may connect.
    public var emergencyNumbersAreExact: Bool { ShortPlans.plan(of: self)?.pointee.emergency_is_exact == 1 }

    /// A valid short number of the region; nil if none is known.
    public var exampleShortNumber: ShortNumber? {
        ShortPlans.plan(of: self).flatMap { example(at: $0.pointee.example) }
    }

    /// A short number of the region that costs as much; nil if none is known, and for ``ShortNumber/Cost/unknown``.
    public func exampleShortNumber(_ cost: ShortNumber.Cost) -> ShortNumber? {
        guard let plan = ShortPlans.plan(of: self) else { return nil }
        switch cost {
        case .tollFree: return example(at: plan.pointee.toll_free_example)
        case .standardRate: return example(at: plan.pointee.standard_rate_example)
        case .premiumRate: return example(at: plan.pointee.premium_rate_example)
        case .unknown: return nil
        }
    }

    private func example(at offset: UInt16) -> ShortNumber? {
        guard offset != 0, let callingCode else { return nil }
        let text = phone_table_short_strings() + Int(offset)
        var count = 0
        while text[count] != 0 { count += 1 }
        let digits = UnsafeBufferPointer(start: text, count: count)
        return PhoneNumber(callingCode: callingCode, ascii: digits).map { ShortNumber($0, region: self) }
    }
}
