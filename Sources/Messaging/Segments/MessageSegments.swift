public import CryptoPrimitives

/// How a text message travels: in which alphabet, and in how many parts, each of which is paid for.
///
/// A part carries 140 bytes: 160 characters of the GSM alphabet, where all of the text is in it, else 70 UTF-16 units. A longer text is split, and each
/// part begins with a header: 153 and 67 are left. An escape is not split from its character, nor the two halves of a surrogate pair.
///
/// The text stays where it is: lengths and places are all that is kept of it.
/// Source: 3GPP TS 23.038 §6.2.1 and §6.2.3; TS 23.040 §9.2.3.24.1 (8-bit reference) and §9.2.3.24.8 (16-bit reference).
public struct MessageSegments: Hashable, Sendable {
    public enum Encoding: String, Hashable, Sendable {
        /// 7 bits a character, or 14 for one of the extension table.
        case gsm7
        /// 16 bits a UTF-16 unit.
        case ucs2
    }

    /// The number by which a phone puts the parts together again; its size is the header's.
    public enum Reference: Hashable, Sendable {
        /// A header of 6 bytes: 153 septets or 67 UTF-16 units are left.
        case eightBit
        /// A header of 7 bytes: 152 or 66.
        case sixteenBit

        fileprivate var headerLength: Int {
            switch self {
            case .eightBit: 6
            case .sixteenBit: 7
            }
        }
    }

    /// One part of a text.
    public struct Part: Hashable, Sendable {
        /// Which bytes of the UTF-8 text.
        public let bytes: Range<Int>
        /// Septets, or UTF-16 units.
        public let units: Int
    }

    /// The most parts that the headers can number.
    public static let largestCount = 255
    /// Bytes of a message on the air. Source: 3GPP TS 23.040 §9.2.3.24.
    private static let payload = 140

    public let encoding: Encoding
    public let reference: Reference
    /// Septets, or UTF-16 units, of the whole text.
    public let units: Int
    /// In order; an empty text has one empty part.
    public let parts: [Part]
    /// How many messages are paid for.
    public var count: Int { parts.count }

    /// - Parameter text: UTF-8.
    /// - Throws: ``TransportError`` with code `.refused` where the text is not UTF-8, or has more than 255 parts.
    /// - Complexity: O(length), without a copy of the text.
    public init(_ text: UnsafeRawBufferPointer, reference: Reference = .eightBit) throws(TransportError) {
        var encoding = Encoding.gsm7
        var (septets, utf16) = (0, 0)
        try Self.walk(text) { scalar, _ in
            utf16 += UTF16.width(scalar)
            switch GSM7.septet(of: scalar) {
            case (_, let isEscaped)?: septets += isEscaped ? 2 : 1
            case nil: encoding = .ucs2
            }
        }
        let units = encoding == .gsm7 ? septets : utf16
        (self.encoding, self.reference, self.units) = (encoding, reference, units)
        guard units > Self.capacity(encoding, header: 0) else {
            parts = [Part(bytes: 0..<text.count, units: units)]
            return
        }
        let capacity = Self.capacity(encoding, header: reference.headerLength)
        guard units <= capacity * Self.largestCount else { throw Self.tooLong }
        var parts: [Part] = []
        var (start, inPart) = (0, 0)
        try Self.walk(text) { scalar, bytes in
            let width = Self.width(scalar, encoding)
            if inPart + width > capacity {
                parts.append(Part(bytes: start..<bytes.lowerBound, units: inPart))
                (start, inPart) = (bytes.lowerBound, 0)
            }
            inPart += width
        }
        parts.append(Part(bytes: start..<text.count, units: inPart))
        guard parts.count <= Self.largestCount else { throw Self.tooLong }
        self.parts = parts
    }

    /// The same for a text that is no secret, such as an announcement.
    public init(_ text: String, reference: Reference = .eightBit) throws(TransportError) {
        let bytes = Array(text.utf8)
        self = try bytes.span.withUnsafeBytes { bytes throws(TransportError) in try Self(bytes, reference: reference) }
    }

    private static var tooLong: TransportError { TransportError(.refused, "The text has more than 255 parts.") }

    private static func capacity(_ encoding: Encoding, header: Int) -> Int {
        let bytes = payload - header
        return encoding == .gsm7 ? bytes * 8 / 7 : bytes / 2
    }

    private static func width(_ scalar: Unicode.Scalar, _ encoding: Encoding) -> Int {
        encoding == .ucs2 ? UTF16.width(scalar) : GSM7.septet(of: scalar)?.isEscaped == true ? 2 : 1
    }

    /// Hands out each character with its place.
    fileprivate static func walk(_ text: UnsafeRawBufferPointer, _ body: (Unicode.Scalar, Range<Int>) -> Void) throws(TransportError) {
        var position = 0
        while position < text.count {
            guard let (scalar, length) = UTF8Text.scalar(in: text, at: position) else {
                throw TransportError(.refused, "The text is not UTF-8.")
            }
            body(scalar, position..<position + length)
            position += length
        }
    }
}

extension MessageSegments {
    /// A part as gateways take it: of ``Encoding/gsm7`` one octet for each septet, an escape before each character of the extension table (SMPP data_coding
    /// 0); of ``Encoding/ucs2`` UTF-16, the high byte first (data_coding 8). Without its header.
    ///
    /// - Parameter text: the same that this was made of.
    /// - Precondition: `index` is one of a part.
    /// - Throws: ``TransportError`` with code `.refused` where it is another text.
    public func encoded(_ index: Int, of text: UnsafeRawBufferPointer) throws(TransportError) -> SecretBytes {
        let part = parts[index]
        guard part.bytes.upperBound <= text.count else { throw Self.otherText }
        let source = UnsafeRawBufferPointer(rebasing: text[part.bytes])
        let encoding = encoding
        return try SecretBytes(count: encoding == .gsm7 ? part.units : part.units * 2) { target throws(TransportError) in
            var position = 0
            var fits = true
            func put(_ first: UInt8, _ second: UInt8? = nil) {
                for byte in [first, second] {
                    guard let byte else { continue }
                    guard position < target.count else { return fits = false }
                    target[position] = byte
                    position += 1
                }
            }
            try Self.walk(source) { scalar, _ in
                switch encoding {
                case .gsm7:
                    guard let (septet, isEscaped) = GSM7.septet(of: scalar) else { return fits = false }
                    if isEscaped { put(GSM7.escape, septet) } else { put(septet) }
                case .ucs2:
                    for unit in UTF16.encode(scalar)! { put(UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)) }
                }
            }
            guard fits, position == target.count else { throw Self.otherText }
        }
    }

    private static var otherText: TransportError { TransportError(.refused, "The parts are those of another text.") }
}
