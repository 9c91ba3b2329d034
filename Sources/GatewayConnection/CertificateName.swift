#if SMPP || SMTP
    import NIOCore
    package import NIOSSL

    /// Whether a certificate is for the name that was asked for.
    ///
    /// SwiftNIO also takes one for the *address* it is connected to. That is right where an address was asked for; where a name was, whoever answers for
    /// DNS chooses the address, and a certificate for that is to be had (RFC 8738).
    package enum CertificateName {
        /// The certificate is one that SwiftNIO takes, and not for this name.
        package struct Mismatch: Error, Hashable {}

        /// TLS with a server. Nothing that is written leaves before its certificate was looked at.
        ///
        /// - Parameter server: a host's name; or an address, which is compared with the one that was connected to.
        package static func handler(_ context: NIOSSLContext, for server: String) throws -> NIOSSLClientHandler {
            guard (try? SocketAddress(ipAddress: server, port: 0)) == nil else {
                return try NIOSSLClientHandler(context: context, serverHostname: nil)
            }
            return try NIOSSLClientHandler._makeSSLClientHandler(context: context, serverHostname: server) { certificate, channel in
                holds(certificate, for: server)
                    ? channel.eventLoop.makeSucceededVoidFuture() : channel.eventLoop.makeFailedFuture(Mismatch())
            }
        }

        /// Whether TLS is what failed, as its end of the connection says.
        package static func isOfTLS(_ error: any Error) -> Bool {
            error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError || error is Mismatch
        }

        /// - Parameter certificate: verified by SwiftNIO already.
        private static func holds(_ certificate: NIOSSLCertificate, for name: String) -> Bool {
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
