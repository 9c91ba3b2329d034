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

    /// The whole number, written out; the only way to a `String` of all of it.
    public func formatted(_ format: Format) -> String {
        TextBuffer.with {
            write(format, to: &$0)
        } use: {
            String(decoding: $0, as: UTF8.self)
        }
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
        writeNational(format, plan: plan, to: &text)
        guard extensionStorage.count > 0 else { return }
        if format == .rfc3966 {
            text.append(";ext=")
        } else {
            text.append(stringAt: plan.extension_label)
        }
        text.append(extensionStorage)
    }

    /// The national significant number in groups, as the first format that fits has them.
    private func writeNational(_ format: Format, plan: phone_code, to text: inout TextBuffer) {
        let count = Int(national.count)
        let formats = phone_table_format_sets() + Int(format == .national ? plan.national_formats : plan.international_formats)
        let fitting = formatsByLeadingDigits(formats) & byLength(formats, count)
        guard fitting != 0 else {
            text.append(national, 0..<count)
            return
        }
        let chosen = phone_table_formats() + (Int(formats.pointee.first_format) + fitting.trailingZeroBitCount)
        var widths = phone_table_format_widths()[Int(chosen.pointee.widths) + count - Int(chosen.pointee.shortest)]
        // Where each group begins, four bits and a spare one apiece.
        var begins: (UInt64, Int) = (0, 0)
        var offset = 0
        while widths != 0 {
            begins.0 |= UInt64(offset) << UInt64(begins.1 * 5)
            begins.1 += 1
            offset += Int(widths & 15)
            widths >>= 4
        }
        begins.0 |= UInt64(offset) << UInt64(begins.1 * 5)
        let template =
            switch format {
            case .national: chosen.pointee.national
            case .rfc3966: chosen.pointee.rfc3966
            case .international, .e164: chosen.pointee.international
            }
        var next = phone_table_strings() + Int(template)
        while next.pointee != 0 {
            let byte = next.pointee
            if byte < 8 {
                let first = Int(begins.0 >> UInt64((Int(byte) - 1) * 5) & 31)
                let last = Int(begins.0 >> UInt64(Int(byte) * 5) & 31)
                text.append(national, first..<last)
            } else {
                text.append(byte)
            }
            next += 1
        }
    }

    private func formatsByLeadingDigits(_ formats: UnsafePointer<phone_format_set>) -> UInt32 {
        let successors = phone_table_leading_successors()
        let outputs = phone_table_leading_outputs()
        var state = Int(formats.pointee.start)
        var fitting = formats.pointee.always | outputs[state]
        for index in 0..<Int(national.count) {
            state = Int(successors[state * 10 + Int(national[index])])
            if state == 0 { break }
            fitting |= outputs[state]
        }
        return fitting
    }

    private func byLength(_ formats: UnsafePointer<phone_format_set>, _ count: Int) -> UInt32 {
        withUnsafePointer(to: formats.pointee.by_length) { lengths in
            UnsafeRawPointer(lengths).load(fromByteOffset: count * 4, as: UInt32.self)
        }
    }
}
