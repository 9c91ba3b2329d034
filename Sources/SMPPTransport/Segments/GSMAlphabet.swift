#if SMPP
    /// GSM 03.38 (3GPP TS 23.038 §6.2.1): the default alphabet and its extension table, one character in an octet.
    enum GSMAlphabet {
        static let escape: UInt8 = 0x1B

        /// By septet; ESC stands at its place.
        private static let basic: [Unicode.Scalar] = Array(
            ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
                as String).unicodeScalars)

        /// Behind an escape.
        private static let extended: [(septet: UInt8, scalar: Unicode.Scalar)] = [
            (0x0A, "\u{0C}"), (0x14, "^"), (0x28, "{"), (0x29, "}"), (0x2F, "\\"), (0x3C, "["), (0x3D, "~"), (0x3E, "]"), (0x40, "|"),
            (0x65, "€"),
        ]

        /// By scalar, up to the largest of the tables but €: the septet, 0x80 more of the extension table, 0xFF of none.
        private static let septets: [UInt8] = {
            var table = [UInt8](repeating: 0xFF, count: 0x3AA)
            for (septet, scalar) in basic.enumerated() where scalar.value != UInt32(escape) { table[Int(scalar.value)] = UInt8(septet) }
            for (septet, scalar) in extended where scalar.value < table.count { table[Int(scalar.value)] = septet | 0x80 }
            return table
        }()

        /// The septet, and whether an escape goes before it; `nil` of a character that the alphabet lacks.
        static func septet(of scalar: UInt32) -> (septet: UInt8, isExtended: Bool)? {
            if scalar == 0x20AC { return (0x65, true) }
            guard scalar < septets.count else { return nil }
            let septet = septets[Int(scalar)]
            return septet == 0xFF ? nil : (septet & 0x7F, septet & 0x80 != 0)
        }

        /// What an octet means; `?` of one above 0x7F. A septet that the extension table lacks is shown as in the basic one (§6.2.1.1).
        static func scalar(of octet: UInt8, isExtended: Bool) -> Unicode.Scalar {
            if isExtended, let found = extended.first(where: { $0.septet == octet }) { return found.scalar }
            return octet < 0x80 ? (octet == escape ? " " : basic[Int(octet)]) : "?"
        }
    }
#endif
