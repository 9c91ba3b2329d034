extension CountryCallingCode {
    /// The digit in front of the area code of mobiles that are called from abroad, as in +54 **9** 11 …; nil where there is none.
    ///
    /// Source: libphonenumber, `countryMobileToken`: Argentina alone has one.
    public var mobileToken: String? { value == 54 ? "9" : nil }

    /// The region whose plan speaks for all that share the code; ``Region/world`` for a code without region.
    public var mainRegion: Region {
        // Every value of this type has an index: its initializers ask for one.
        Plans.codeIndex(value: value).map { Plans.region(of: Plans.codes[$0], at: 0) } ?? .world
    }
}

extension PhoneNumber {
    /// The region a number can be from and no other: the only one with the number's country calling code, or the only one of those
    /// that share it in which the number is valid.
    ///
    /// ``region`` is the first that claims the number, and may be one of several.
    package var onlyRegion: Region? {
        let code = plan.pointee
        guard code.region_count > 1 else { return Plans.region(of: code, at: 0) }
        var found: Region?
        for position in 0..<Int(code.region_count) {
            let region = Plans.region(of: code, at: position)
            guard isValid(for: region) else { continue }
            guard found == nil else { return nil }
            found = region
        }
        return found
    }
}
