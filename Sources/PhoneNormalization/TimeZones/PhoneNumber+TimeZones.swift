internal import CPhoneMetadata

extension PhoneNumber {
    /// Where it may be what time for whoever has this number: the zones of its area, or of its whole country if the number
    /// belongs to no area, as mobile and freephone numbers do in most countries.
    ///
    /// Empty if the number is not valid or nothing is known about its code; libphonenumber says `Etc/Unknown` then.
    ///
    /// - Complexity: O(1); no heap allocation until an identifier is read.
    public var timeZones: TimeZones {
        var prefixes = ZonePrefixes()
        guard isValid else { return TimeZones(list: 0) }
        prefixes.advance(by: plan.pointee.calling_code)
        if isGeographical { prefixes.advance(by: national) }
        return TimeZones(list: prefixes.list)
    }

    /// The zones of the longest known prefix of the number, whether or not it is valid and belongs to an area; empty if none is
    /// known.
    ///
    /// For numbers known to be fixed lines; for any other, ``timeZones``.
    public var timeZonesOfPrefix: TimeZones {
        var prefixes = ZonePrefixes()
        prefixes.advance(by: plan.pointee.calling_code)
        prefixes.advance(by: national)
        return TimeZones(list: prefixes.list)
    }
}
