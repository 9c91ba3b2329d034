#if SMPP || SMTP
    import NIOSSL

    /// Whether a certificate is for the name that was asked for.
    ///
    /// SwiftNIO also takes one for the *address* it is connected to. That is right where an address was asked for; where a name was, whoever answers for
    /// DNS chooses the address, and a certificate for that is to be had (RFC 8738).
    package enum CertificateName {
        /// The certificate is one that SwiftNIO takes, and not for this name.
        struct Mismatch: Error, Hashable {}

        /// - Parameter certificate: verified by SwiftNIO already.
        static func holds(_ certificate: NIOSSLCertificate, for name: String) -> Bool {
            let names = certificate._subjectAlternativeNames()
            // Without any it was verified by its common name, which is never an address.
            guard !names.isEmpty else { return true }
            let wanted = plain(name.utf8)
            return names.contains { $0.nameType == .dnsName && matches(plain($0.contents), wanted) }
        }

        /// The same, or one label for a `*` (RFC 6125 §6.4.3).
        package static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
            if pattern == name { return true }
            guard pattern.starts(with: "*.".utf8), let dot = name.firstIndex(of: 0x2E), dot > 0 else { return false }
            return pattern.dropFirst().elementsEqual(name[dot...]) && name[dot...].count(where: { $0 == 0x2E }) > 1
        }

        /// In lower case, without a dot at the end.
        package static func plain(_ name: some Sequence<UInt8>) -> [UInt8] {
            let bytes = name.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
            return bytes.last == 0x2E ? bytes.dropLast() : bytes
        }
    }
#endif
