import CryptoPrimitives
import Foundation
import RecordStorage
import Testing

@testable import OTPEngine

@Suite("A QR code is module for module what other people's programs make")
struct QRCodeTests {
    private func content(_ count: Int, _ salt: Int) -> SecretBytes {
        SecretBytes(count: count) { target in
            for index in target.indices { target[index] = UInt8(truncatingIfNeeded: 7 * index * index + 13 * index + 31 * salt) }
        }
    }

    /// Modules in rows of 0 and 1.
    private func modules(_ code: borrowing QRCode) -> [UInt8] {
        code.withModules { $0.map { $0 & 1 } }
    }

    @Test("all 40 versions and 8 masks, with padding and without")
    func vectors() throws {
        let file = try #require(Bundle.module.url(forResource: "Vectors/qr-codes", withExtension: "txt"))
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.first?.hasPrefix("# Origin:") == true)
        var versions: Set<Int> = []
        for line in lines where !line.hasPrefix("#") {
            let fields = line.split(separator: " ").map(String.init)
            let (version, mask) = (try #require(Int(fields[1])), try #require(Int(fields[2])))
            let count = try #require(Int(fields[3]))
            let layout = QRLayout(version: version)
            versions.insert(version)
            if fields[0] == "segno" { #expect(layout.capacity == count) }
            #expect(QRLayout(holding: count) == layout)
            let code = QRCode(content(count, version), layout, mask: mask)
            let modules = modules(code)
            #expect(modules.count == layout.size * layout.size)
            var shown = Hexadecimal.encode(SHA256.hash(modules.map { $0 + 0x30 }))
            if fields[5].count != 64 {
                let filled = modules + [UInt8](repeating: 0, count: (8 - modules.count % 8) % 8)
                shown = Hexadecimal.encode(stride(from: 0, to: filled.count, by: 8).map { filled[$0..<$0 + 8].reduce(0) { $0 << 1 | $1 } })
            }
            #expect(shown == fields[5], "version \(version), mask \(mask), \(count) bytes")
            if fields[4] != "-" {
                let size = layout.size
                #expect(QRPenalty(size: size) { modules[$0 * size + $1] == 1 }.total == Int(fields[4]))
            }
        }
        #expect(versions == Set(1...40))
    }

    @Test("the mask is the one with the least penalty", arguments: [0, 1, 14, 40, 84, 122, 180])
    func mask(count: Int) throws {
        let layout = try #require(QRLayout(holding: count))
        let size = layout.size
        let penalties = (0..<8).map { mask in
            let modules = modules(QRCode(content(count, 1), layout, mask: mask))
            return QRPenalty(size: size) { modules[$0 * size + $1] == 1 }.total
        }
        guard let chosen = QRCode(content(count, 1))?.mask else { throw OTPError.busy }
        #expect(penalties[chosen] == penalties.min())
    }

    @Test("2,331 bytes fit, one more does not")
    func limits() {
        #expect(QRLayout(holding: 2_331)?.version == 40 && QRLayout(holding: 2_332) == nil && QRLayout(holding: 0)?.version == 1)
        let tooLong = QRCode(content(2_332, 0)) == nil
        #expect(tooLong)
    }

    @Test("the picture has a dark square for every dark module, inside four modules of quiet", arguments: [10, 100, 500])
    func picture(count: Int) throws {
        guard let code = QRCode(content(count, 2)) else { throw OTPError.busy }
        let (size, modules) = (code.size, modules(code))
        let svg = code.svg(title: "Title").withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let side = size + 8
        #expect(
            svg.contains("viewBox=\"0 0 \(side) \(side)\"") && svg.contains("<rect width=\"\(side)\" height=\"\(side)\" fill=\"#fff\"/>"))
        var drawn = [UInt8](repeating: 0, count: size * size)
        for run in svg.matches(of: /M(\d+) (\d+)h(\d+)v1h-(\d+)z/) {
            let (x, y, length) = (try #require(Int(run.1)), try #require(Int(run.2)), try #require(Int(run.3)))
            #expect(run.3 == run.4 && x >= 4 && y >= 4 && x + length <= size + 4 && y < size + 4)
            for column in x - 4..<x - 4 + length { drawn[(y - 4) * size + column] = 1 }
        }
        #expect(drawn == modules)
    }
}

/// Writes what `Tests/Interop/qr/check.py` asks for: for each line of `requests.txt` (version, mask, content in hexadecimal) a picture, and
/// a line of `matrices.txt` with the modules under that mask and the version and mask that the library would take.
@Suite("Other people's programs read the codes", .enabled(if: ProcessInfo.processInfo.environment["QR_INTEROP_DIRECTORY"] != nil))
struct QRCodeExportTests {
    @Test("pictures and matrices are written")
    func export() throws {
        let folder = URL(fileURLWithPath: try #require(ProcessInfo.processInfo.environment["QR_INTEROP_DIRECTORY"]))
        var matrices = ""
        let requests = try String(contentsOf: folder.appendingPathComponent("requests.txt"), encoding: .utf8).split(separator: "\n")
        for (index, request) in requests.enumerated() {
            let fields = request.split(separator: " ").map(String.init)
            let content = SecretBytes(copying: try #require(Hexadecimal.decode(fields[2])))
            guard let version = Int(fields[0]), let mask = Int(fields[1]) else { throw OTPError.busy }
            let asked = QRCode(content, QRLayout(version: version), mask: mask)
            guard let code = QRCode(content) else { throw OTPError.busy }
            let modules = asked.withModules { $0.map { $0 & 1 == 1 ? "1" : "0" }.joined() }
            matrices += "\(code.version) \(code.mask) \(modules)\n"
            let svg = code.svg(title: "Code \(index)").withUnsafeBytes { Data($0) }
            try svg.write(to: folder.appendingPathComponent("\(index).svg"))
        }
        try Data(matrices.utf8).write(to: folder.appendingPathComponent("matrices.txt"))
    }
}
