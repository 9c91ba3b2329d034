/// The part of an address that a budget hangs on: whoever has one address of it has them all.
///
/// Source: RFC 4291 §2.2 (IPv6 as text), §2.5.5.2 (IPv4-mapped), RFC 6177 (sites get /48 to /56).
enum NetworkPrefix {
    /// Family u8, then 3 bytes of an IPv4 or 6 of an IPv6 address, with or without a port; `nil` for what is no address.
    static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count <= 80, let address = withoutPort(text) else { return nil }
        if let address = ipv4(address) { return [4] + address.prefix(3) }
        // The zone of a link-local address says nothing about its network.
        guard let groups = ipv6(address.prefix { $0 != "%" }) else { return nil }
        let mapped = groups.prefix(5).allSatisfy { $0 == 0 } && groups[5] == 0xFFFF
        if mapped { return [4, UInt8(groups[6] >> 8), UInt8(groups[6] & 0xFF), UInt8(groups[7] >> 8)] }
        return [6] + groups.prefix(3).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    /// `a.b.c.d:port`, `[address]` and `[address]:port` as servers print who is connected.
    private static func withoutPort(_ text: String) -> Substring? {
        func isPort(_ text: Substring) -> Bool {
            text.isEmpty
                || text.first == ":" && (2...6).contains(text.utf8.count) && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else { return nil }
            return text[text.index(after: text.startIndex)..<end]
        }
        guard text.contains("."), let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon else { return text[...] }
        return isPort(text[colon...]) ? text[..<colon] : nil
    }

    private static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }

    private static func ipv6(_ text: Substring) -> [UInt16]? {
        guard text.utf8.count <= 45 else { return nil }
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return head.count == 8 ? head : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 7 else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.utf8.contains(0x2E) {
                guard let address = ipv4(part) else { return nil }
                groups.append(UInt16(address[0]) << 8 | UInt16(address[1]))
                groups.append(UInt16(address[2]) << 8 | UInt16(address[3]))
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.first != 0x2B, let group = UInt16(part, radix: 16) else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }
}
