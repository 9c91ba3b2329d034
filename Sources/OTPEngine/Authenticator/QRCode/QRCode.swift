import CryptoPrimitives

/// A QR code of a secret: its modules are in guarded memory, as they are as good as what they say.
///
/// Byte mode, error correction level M, the smallest version that holds the content. Source: ISO/IEC 18004:2015.
struct QRCode: ~Copyable {
    let version: Int
    /// 0...7.
    let mask: Int
    /// One byte for each module, row by row; bit 0 is dark.
    private let modules: SecretBytes

    /// Modules on a side.
    var size: Int { QRLayout(version: version).size }

    /// `nil` above 2,331 bytes.
    init?(_ content: borrowing SecretBytes) {
        guard let layout = QRLayout(holding: content.count) else { return nil }
        self.init(content, layout, mask: nil)
    }

    /// - Parameter mask: `nil` for the one that reads best.
    init(_ content: borrowing SecretBytes, _ layout: QRLayout, mask: Int?) {
        let codewords = QRCodewords.make(content, layout)
        var chosen = mask ?? 0
        modules = SecretBytes(count: layout.size * layout.size) { target in
            let canvas = QRCanvas(layout, in: target)
            codewords.withUnsafeBytes { canvas.place($0) }
            if mask == nil { chosen = Self.bestMask(canvas, size: layout.size) }
            canvas.drawFormat(mask: chosen)
            canvas.apply(mask: chosen)
        }
        version = layout.version
        self.mask = chosen
    }

    private static func bestMask(_ canvas: QRCanvas, size: Int) -> Int {
        var best = (mask: 0, penalty: Int.max)
        for mask in 0..<8 {
            canvas.drawFormat(mask: mask)
            canvas.apply(mask: mask)
            let penalty = QRPenalty(size: size, isDark: canvas.isDark).total
            canvas.apply(mask: mask)
            if penalty < best.penalty { best = (mask, penalty) }
        }
        return best.mask
    }

    /// Lends the modules: one byte each, row by row, of which bit 0 is dark.
    borrowing func withModules<Value: ~Copyable>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        modules.withUnsafeBytes(body)
    }
}
