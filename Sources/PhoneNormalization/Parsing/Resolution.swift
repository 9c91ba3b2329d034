internal import CPhoneMetadata

/// Hears what a resolution finds on its way; compiled away where nobody listens.
protocol ResolutionTrace {
    mutating func note(_ origin: TypedPhoneNumber.Origin)
    /// The part of the digits that names the carrier, if any.
    mutating func note(carrierCode digits: Digits, _ range: @autoclosure () -> Range<Int>)
    mutating func forgetCarrierCode()
}

struct NoTrace: ResolutionTrace {
    @inline(__always) mutating func note(_ origin: TypedPhoneNumber.Origin) {}
    @inline(__always) mutating func note(carrierCode digits: Digits, _ range: @autoclosure () -> Range<Int>) {}
    @inline(__always) mutating func forgetCarrierCode() {}
}

/// From the digits of a text to a number: country calling code, trunk prefix, carrier code.
///
/// Source: libphonenumber, `parseHelper` and `maybeExtractCountryCode`; the order of every step is theirs.
struct Resolution {
    private let scratch: Scratch
    /// The index of the region the number is dialled from; nil without a supported one.
    private let region: Int?

    @inline(__always)
    init(scratch: Scratch, region: Region?) {
        self.scratch = scratch
        self.region = region.flatMap { Plans.regionIndex(letters: $0.letters) }
    }

    /// - Parameters:
    ///   - digits: All digits of the text.
    ///   - hasPlus: Whether the text begins with a plus sign.
    @inline(__always)
    func number(
        from digits: Digits, hasPlus: Bool, trace: inout some ResolutionTrace
    ) -> Result<PhoneNumber, PhoneNumberError> {
        var national = digits
        let code: Int
        if hasPlus {
            guard digits.count > 2 else { return .failure(PhoneNumberError(.tooShortAfterIDD)) }
            if let found = Self.leadingCode(of: &national) {
                trace.note(.plusSign)
                code = found
            } else {
                // Perhaps the plus sign stands in front of a number dialled from the region.
                guard region != nil else { return .failure(PhoneNumberError(.invalidCountryCode)) }
                switch codeWithoutPlus(&national, &trace) {
                case .found(let index): code = index
                case .none: return .failure(PhoneNumberError(.invalidCountryCode))
                case .failed(let reason): return .failure(PhoneNumberError(reason))
                }
            }
        } else {
            guard let region else { return .failure(PhoneNumberError(.invalidCountryCode)) }
            switch codeWithoutPlus(&national, &trace) {
            case .found(let index): code = index
            case .failed(let reason): return .failure(PhoneNumberError(reason))
            case .none: return finish(national, plan: region, code: Plans.code(ofRegion: region), &trace)
            }
        }
        return finish(national, plan: Int(Plans.codes[code].main_region), code: code, &trace)
    }

    private enum Extraction {
        case none
        case found(Int)
        case failed(PhoneNumberError.Code)
    }

    /// The country calling code behind the region's international prefix, or the region's own in front of a number
    /// that makes no sense with it.
    @inline(__always)
    private func codeWithoutPlus(_ digits: inout Digits, _ trace: inout some ResolutionTrace) -> Extraction {
        guard let region else { return .none }
        let plan = Plans.regions + region
        if plan.pointee.international_prefix != 0,
            let match = Plans.prefix(from: plan.pointee.international_prefix, digits)
        {
            let rest = digits.dropFirst(match.end)
            // No country calling code begins with 0, so the prefix was part of the number.
            if rest.count == 0 || rest.base[0] != 0 {
                guard rest.count > 2 else { return .failed(.tooShortAfterIDD) }
                digits = rest
                guard let code = Self.leadingCode(of: &digits) else { return .failed(.invalidCountryCode) }
                trace.note(.internationalPrefix)
                return .found(code)
            }
        }
        let length = Self.length(of: plan.pointee.calling_code, infront: digits)
        guard length > 0 else { return .none }
        var unused = NoTrace()
        let candidate = strippingNationalPrefix(digits.dropFirst(length), plan: plan, pass: 0, &unused)
        let isLocal = matchesGeneral(digits, plan)
        guard !isLocal && matchesGeneral(candidate, plan) || Plans.possibility(of: digits.count, in: plan) == .tooLong else {
            return .none
        }
        digits = candidate
        trace.note(.withoutPlusSign)
        return .found(Plans.code(ofRegion: region))
    }

    /// Takes the national prefix off where that leaves a possible number, and makes the number.
    @inline(__always)
    private func finish(
        _ digits: Digits, plan index: Int, code: Int, _ trace: inout some ResolutionTrace
    ) -> Result<PhoneNumber, PhoneNumberError> {
        guard digits.count >= 2 else { return .failure(PhoneNumberError(.tooShortNSN)) }
        var national = digits
        let plan = Plans.regions + index
        if plan.pointee.national_prefix != 0 {
            let stripped = strippingNationalPrefix(digits, plan: plan, pass: 1, &trace)
            switch Plans.possibility(of: stripped.count, in: plan) {
            case .possible, .tooLong: national = stripped
            case .tooShort, .possibleLocally, .invalidLength: trace.forgetCarrierCode()
            }
        }
        guard national.count >= 2 else { return .failure(PhoneNumberError(.tooShortNSN)) }
        guard national.count <= NationalDigits.capacity else { return .failure(PhoneNumberError(.tooLong)) }
        return .success(PhoneNumber(code: code, national: national))
    }

    /// The digits without national prefix and carrier code, or changed by the plan's transform rule; the same digits
    /// if they match the plan's general pattern and would not without the prefix.
    @inline(__always)
    private func strippingNationalPrefix(
        _ digits: Digits, plan: UnsafePointer<phone_region>, pass: Int, _ trace: inout some ResolutionTrace
    ) -> Digits {
        guard plan.pointee.national_prefix != 0, digits.count > 0,
            let match = Plans.prefix(from: plan.pointee.national_prefix, digits)
        else { return digits }
        var stripped = digits.dropFirst(match.end)
        if match.captureEnd > 0 {
            let front = phone_table_strings() + Int(plan.pointee.transform)
            stripped = scratch.transformed(digits, by: match, front: front, pass: pass)
        }
        guard matchesGeneral(stripped, plan) || !matchesGeneral(digits, plan) else { return digits }
        trace.note(carrierCode: digits, match.carrierCode)
        return stripped
    }

    /// Whether digits begin with what is dialled in front within the country, and are more of a number without it.
    func hasNationalPrefix(_ digits: Digits, plan: UnsafePointer<phone_region>) -> Bool {
        var heard = HeardPrefix()
        _ = strippingNationalPrefix(digits, plan: plan, pass: 0, &heard)
        return heard.isStripped
    }

    private struct HeardPrefix: ResolutionTrace {
        var isStripped = false
        mutating func note(_ origin: TypedPhoneNumber.Origin) {}
        mutating func note(carrierCode digits: Digits, _ range: @autoclosure () -> Range<Int>) { isStripped = true }
        mutating func forgetCarrierCode() {}
    }

    @inline(__always)
    private func matchesGeneral(_ digits: Digits, _ plan: UnsafePointer<phone_region>) -> Bool {
        Plans.outcome(of: Plans.walk(from: plan.pointee.start, digits)).matchesGeneral
    }

    /// Takes the shortest country calling code in front off the digits; nil, and no change, if there is none.
    @inline(__always)
    private static func leadingCode(of digits: inout Digits) -> Int? {
        guard digits.count > 0, digits.base[0] != 0 else { return nil }
        var value = 0
        for length in 1...3 where length <= digits.count {
            value = value &* 10 &+ Int(digits.base[length &- 1])
            if let index = Plans.codeIndex(value: value) {
                digits = digits.dropFirst(length)
                return index
            }
        }
        return nil
    }

    /// How many digits the code takes in front of the digits; 0 if it is not there.
    @inline(__always)
    private static func length(of code: UInt16, infront digits: Digits) -> Int {
        let length = code < 10 ? 1 : code < 100 ? 2 : 3
        guard digits.count >= length else { return 0 }
        var value = 0
        for index in 0..<length {
            value = value &* 10 &+ Int(digits.base[index])
        }
        return value == Int(code) ? length : 0
    }
}
