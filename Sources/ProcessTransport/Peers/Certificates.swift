#if Processes
    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif
    import NIOCore
    import NIOSSL
    import RecordStorage

    /// A certificate known in advance, compared whole. No certificate authority says anything about it.
    public struct PinnedCertificate: Hashable, Sendable {
        /// The certificate in DER.
        public let der: [UInt8]

        public init(der: [UInt8]) { self.der = der }

        /// The first certificate in a PEM file.
        ///
        /// - Throws: ``ProcessError`` with code `.invalidSetting`.
        public init(pemFile path: String) throws(ProcessError) {
            do {
                guard let first = try NIOSSLCertificate.fromPEMFile(path).first else { throw NIOSSLError.failedToLoadCertificate }
                der = try first.toDERBytes()
            } catch {
                throw ProcessError(.invalidSetting, "\(path) holds no certificate in PEM that this process can read.")
            }
        }
    }

    /// This process's own certificate and private key, for TLS.
    public struct TLSIdentity: Sendable {
        let certificate: NIOSSLCertificate
        let privateKey: NIOSSLPrivateKey

        /// - Throws: ``ProcessError`` with code `.invalidSetting`, also where everybody may read the key's file.
        public init(certificateFile: String, privateKeyFile: String) throws(ProcessError) {
            let certificate = try PinnedCertificate(pemFile: certificateFile)
            var status = stat()
            guard stat(privateKeyFile, &status) == 0 else {
                throw ProcessError(.invalidSetting, "There is no private key at \(privateKeyFile) that this process can read.")
            }
            guard status.st_mode & 0o007 == 0 else {
                throw ProcessError(
                    .invalidSetting, "Everybody may use the private key \(privateKeyFile): take away the permissions of others.")
            }
            do {
                self.certificate = try NIOSSLCertificate(bytes: certificate.der, format: .der)
                privateKey = try NIOSSLPrivateKey(file: privateKeyFile, format: .pem)
            } catch {
                throw ProcessError(.invalidSetting, "\(privateKeyFile) holds no private key in PEM that this process can read.")
            }
        }
    }

    /// TLS 1.3 between ends that know each other's certificates.
    struct PinnedTLS: Sendable {
        private let context: NIOSSLContext
        private let pins: Set<PinnedCertificate>
        private let time: any TimeSource

        /// - Throws: ``ProcessError`` with code `.invalidSetting`.
        init(identity: TLSIdentity, pins: Set<PinnedCertificate>, isServer: Bool, time: any TimeSource) throws(ProcessError) {
            let chain = [NIOSSLCertificateSource.certificate(identity.certificate)]
            let key = NIOSSLPrivateKeySource.privateKey(identity.privateKey)
            // No roots at all: the callbacks below decide, and nothing of the system's list.
            var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: chain, privateKey: key, trustRoots: .certificates([]))
            if !isServer {
                configuration = .makeClientConfiguration()
                configuration.trustRoots = .certificates([])
                configuration.certificateVerification = .noHostnameVerification
                configuration.certificateChain = chain
                configuration.privateKey = key
            }
            configuration.minimumTLSVersion = .tlsv13
            configuration.maximumTLSVersion = .tlsv13
            configuration.shutdownTimeout = .milliseconds(500)
            do {
                context = try NIOSSLContext(configuration: configuration)
            } catch {
                throw ProcessError(.invalidSetting, "The private key does not belong to the certificate, or TLS cannot use them.")
            }
            self.pins = pins
            self.time = time
        }

        func serverHandler() -> NIOSSLServerHandler {
            NIOSSLServerHandler(context: context) { certificates, promise in promise.succeed(verify(certificates.first)) }
        }

        func clientHandler() throws -> NIOSSLClientHandler {
            try NIOSSLClientHandler(context: context, serverHostname: nil) { certificates, promise in
                promise.succeed(verify(certificates.first))
            }
        }

        private func verify(_ certificate: NIOSSLCertificate?) -> NIOSSLVerificationResult {
            accepted(certificate) == nil ? .failed : .certificateVerified
        }

        /// The certificate as it is pinned, if it is and if it is valid now.
        func accepted(_ certificate: NIOSSLCertificate?) -> PinnedCertificate? {
            guard let certificate, let der = try? certificate.toDERBytes() else { return nil }
            let now = time.now().seconds
            guard Int64(certificate.notValidBefore) <= now, now <= Int64(certificate.notValidAfter) else { return nil }
            let pinned = PinnedCertificate(der: der)
            return pins.contains(pinned) ? pinned : nil
        }
    }
#else
    @available(*, unavailable, message: "PinnedCertificate needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public struct PinnedCertificate {}
    @available(*, unavailable, message: "TLSIdentity needs SwiftNIO: enable the package trait Processes of swift-phone-identity.")
    public struct TLSIdentity {}
#endif
