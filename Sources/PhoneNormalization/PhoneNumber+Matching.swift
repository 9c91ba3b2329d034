/// How far two numbers are the same.
public enum NumberMatch: UInt8, Sendable, Hashable, Comparable, CaseIterable {
    /// At least one of the texts is no phone number.
    case notANumber
    case different
    /// One is the end of the other, as when an area code was left out, or one has an extension.
    case shortNational
    /// The national significant numbers are the same, and only one of them names its country.
    case national
    /// Country calling code, national significant number and extension are the same.
    case exact

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension PhoneNumber {
    /// Compares with another number: ``NumberMatch/exact``, ``NumberMatch/shortNational`` or ``NumberMatch/different``.
    public func match(_ other: PhoneNumber) -> NumberMatch {
        LocalDigits(self).match(LocalDigits(other))
    }

    /// Compares with what somebody typed, who may have left out the country calling code.
    public func match(_ text: String) -> NumberMatch {
        var text = text
        return text.withUTF8 { match($0) }
    }

    /// Compares what two people typed, neither of whom need have given a country.
    public static func match(_ first: String, _ second: String) -> NumberMatch {
        var (first, second) = (first, second)
        return first.withUTF8 { first in
            second.withUTF8 { second in match(first, second) }
        }
    }

    private static func match(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> NumberMatch {
        var trace = NoTrace()
        switch parse(first, region: nil, trace: &trace) {
        case .success(let number): return number.match(second)
        case .failure(let error) where error.code != .invalidCountryCode: return .notANumber
        case .failure: break
        }
        switch parse(second, region: nil, trace: &trace) {
        case .success(let number): return number.match(first)
        case .failure(let error) where error.code != .invalidCountryCode: return .notANumber
        case .failure: break
        }
        guard case .success(let one) = parseWithoutRegion(first), case .success(let other) = parseWithoutRegion(second) else {
            return .notANumber
        }
        return one.match(other)
    }

    private func match(_ text: UnsafeBufferPointer<UInt8>) -> NumberMatch {
        var trace = NoTrace()
        switch Self.parse(text, region: nil, trace: &trace) {
        case .success(let other): return match(other)
        case .failure(let error) where error.code != .invalidCountryCode: return .notANumber
        case .failure: break
        }
        // It names no country: it is read as one of this number's own, and cannot be more than nationally the same.
        let home = callingCode.mainRegion
        guard case .success(let other) = Self.parse(text, region: home, trace: &trace) else { return .notANumber }
        let found = match(other)
        return found == .exact ? .national : found
    }
}

/// A national significant number whose country is perhaps not known.
struct LocalDigits {
    /// Index of the country calling code's plan; nil where none was given.
    let code: UInt8?
    let national: NationalDigits
    let typedExtension: ExtensionDigits

    init(code: UInt8?, national: NationalDigits, typedExtension: ExtensionDigits) {
        self.code = code
        self.national = national
        self.typedExtension = typedExtension
    }

    init(_ number: PhoneNumber) {
        self.init(code: number.code, national: number.national, typedExtension: number.extensionStorage)
    }

    /// Source: libphonenumber, `isNumberMatch`.
    func match(_ other: LocalDigits) -> NumberMatch {
        let isSame = national == other.national && typedExtension == other.typedExtension
        if typedExtension.count > 0, other.typedExtension.count > 0, typedExtension != other.typedExtension { return .different }
        if let code, let otherCode = other.code {
            guard code == otherCode else { return .different }
            return isSame ? .exact : endsAlike(other) ? .shortNational : .different
        }
        return isSame ? .national : endsAlike(other) ? .shortNational : .different
    }

    /// Whether the digits of one, zeros in front aside, are the end of the other's.
    private func endsAlike(_ other: LocalDigits) -> Bool {
        let (ours, theirs) = (Int(national.count), Int(other.national.count))
        let common = min(ours - national.leadingZeros, theirs - other.national.leadingZeros)
        return (1...common).allSatisfy { national[ours - $0] == other.national[theirs - $0] }
    }
}

extension NationalDigits {
    /// Zeros in front; a last digit is none of them.
    var leadingZeros: Int {
        var zeros = 0
        while zeros < Int(count) - 1, self[zeros] == 0 { zeros += 1 }
        return zeros
    }
}
