import CryptoPrimitives

extension QRCode {
    /// Light modules around the code, without which readers do not find it. Source: ISO/IEC 18004:2015, §6.3.8.
    static var quietZone: Int { 4 }

    /// A picture that stands alone, in UTF-8: one path on a light ground, so that it can be read on a dark page too.
    ///
    /// - Parameter title: what a screen reader says of it.
    borrowing func svg(title: String) -> SecretBytes {
        let size = size
        let side = size + 2 * Self.quietZone
        return withModules { modules in
            SecretText.make { text in
                text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                text.append(decimal: side)
                text.append(" ")
                text.append(decimal: side)
                text.append("\" role=\"img\" aria-labelledby=\"qr-title\" shape-rendering=\"crispEdges\"><title id=\"qr-title\">")
                text.append(xml: title)
                text.append("</title><rect width=\"")
                text.append(decimal: side)
                text.append("\" height=\"")
                text.append(decimal: side)
                text.append("\" fill=\"#fff\"/><path fill=\"#000\" d=\"")
                for row in 0..<size { text.appendRuns(of: modules, row: row, size: size) }
                text.append("\"/></svg>")
            }
        }
    }
}

extension SecretText {
    /// Each run of dark modules as a rectangle.
    fileprivate mutating func appendRuns(of modules: UnsafeRawBufferPointer, row: Int, size: Int) {
        var column = 0
        while column < size {
            let start = column
            while column < size, modules[row * size + column] & 1 == 1 { column += 1 }
            guard column > start else {
                column += 1
                continue
            }
            append("M")
            append(decimal: start + QRCode.quietZone)
            append(" ")
            append(decimal: row + QRCode.quietZone)
            append("h")
            append(decimal: column - start)
            append("v1h-")
            append(decimal: column - start)
            append("z")
        }
    }

    /// Text between two tags; control characters, which XML has not, become spaces.
    fileprivate mutating func append(xml text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": append("&amp;")
            case "<": append("&lt;")
            case ">": append("&gt;")
            case "\u{0}"..<"\u{20}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": append(" ")
            default: append(String(scalar))
            }
        }
    }
}
