internal import CPhoneMetadata

extension PhoneNumber {
    /// How a number is written out.
    public enum Format: Sendable, Hashable, CaseIterable {
        /// `+41446681800`: for machines; without the extension.
        case e164
        /// `+41 44 668 18 00`: for people anywhere. Source: ITU-T E.123.
        case international
        /// `044 668 18 00`: for people in the number's own country.
        case national
        /// `tel:+41-44-668-18-00`: for links. Source: RFC 3966.
        case rfc3966
    }

    /// The whole number, written out.
    public func formatted(_ format: Format) -> String {
        TextBuffer.text { write(format, to: &$0) }
    }

    /// Lends the number in E.164 as ASCII bytes, plus sign first, at most 21 of them; no heap memory is used, and the
    /// bytes are overwritten when `body` returns.
    @inlinable
    public func withE164Bytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        var storage: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        defer { Self.wipe(&storage) }
        return try withUnsafeMutableBytes(of: &storage) { bytes throws(E) -> R in
            let count = storeE164(to: bytes)
            return try bytes.withMemoryRebound(to: UInt8.self) { memory throws(E) -> R in
                try body(memory.span.extracting(first: count))
            }
        }
    }

    /// Appends the number in E.164 as ASCII bytes, plus sign first, at most 21 of them.
    ///
    /// - Precondition: there is room for them.
    public func writeE164(to output: inout OutputSpan<UInt8>) {
        withE164Bytes { bytes in
            for index in bytes.indices { output.append(bytes[index]) }
        }
    }

    /// Writes E.164 to memory that takes 32 bytes; the number of bytes that count.
    @usableFromInline
    func storeE164(to bytes: UnsafeMutableRawBufferPointer) -> Int {
        // Whoever calls this passes the storage of a tuple of four words, which has a base address.
        let base = bytes.baseAddress.unsafelyUnwrapped
        let code = plan.pointee.calling_code
        base.storeBytes(of: UInt8(ascii: "+"), as: UInt8.self)
        var count = 1
        if code >= 100 {
            base.storeBytes(of: 0x30 + UInt8(truncatingIfNeeded: code / 100), toByteOffset: count, as: UInt8.self)
            count &+= 1
        }
        if code >= 10 {
            base.storeBytes(of: 0x30 + UInt8(truncatingIfNeeded: code / 10 % 10), toByteOffset: count, as: UInt8.self)
            count &+= 1
        }
        base.storeBytes(of: 0x30 + UInt8(truncatingIfNeeded: code % 10), toByteOffset: count, as: UInt8.self)
        count &+= 1
        national.writeASCII(to: base + count)
        return count &+ Int(national.count)
    }

    /// Not inlined, so that the stores are not found to be without effect and left out.
    @usableFromInline
    @inline(never)
    static func wipe(_ storage: inout (UInt64, UInt64, UInt64, UInt64)) {
        storage = (0, 0, 0, 0)
    }
}

extension PhoneNumber {
    func write(_ format: Format, to text: inout TextBuffer) {
        let plan = plan.pointee
        switch format {
        case .e164:
            text.append(UInt8(ascii: "+"))
            text.append(plan.calling_code)
            text.append(national, 0..<Int(national.count))
            return
        case .international:
            text.append(UInt8(ascii: "+"))
            text.append(plan.calling_code)
            text.append(UInt8(ascii: " "))
        case .rfc3966:
            text.append("tel:+")
            text.append(plan.calling_code)
            text.append(UInt8(ascii: "-"))
        case .national:
            break
        }
        writeNational(format, to: &text)
        writeExtension(format, to: &text)
    }

    /// The national significant number in groups, as the first format that fits has them.
    func writeNational(_ format: Format, to text: inout TextBuffer) {
        let formats = FormatSet(format == .national ? plan.pointee.national_formats : plan.pointee.international_formats)
        guard let chosen = formats.format(of: national) else {
            text.append(national, 0..<Int(national.count))
            return
        }
        let template =
            switch format {
            case .national: chosen.national
            case .rfc3966: chosen.rfc3966
            case .international, .e164: chosen.international
            }
        text.append(template: template, national, DigitGroups(chosen, count: Int(national.count)))
    }

    func writeExtension(_ format: Format, to text: inout TextBuffer) {
        guard extensionStorage.count > 0 else { return }
        if format == .rfc3966 {
            text.append(";ext=")
        } else {
            text.append(stringAt: plan.pointee.extension_label)
        }
        text.append(extensionStorage)
    }
}
