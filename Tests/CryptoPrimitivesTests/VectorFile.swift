import Foundation
import Testing

@testable import CryptoPrimitives
@testable import RecordStorage

/// Lines of a vector file: fields between spaces, comments after `#`.
func vectors(_ name: String) throws -> [[String]] {
    let file = try #require(Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "Vectors"))
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    precondition(lines.first?.hasPrefix("# Origin:") == true, "A vector file starts with its origin.")
    let vectors = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
    // A test that loops over none would pass.
    precondition(!vectors.isEmpty, "A vector file has vectors.")
    return vectors
}

func bytes(_ hexadecimal: String) throws -> [UInt8] {
    hexadecimal == "-" ? [] : try #require(Hexadecimal.decode(hexadecimal))
}

func secretNumber(_ digits: String) throws(CryptoError) -> SecretNumber {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: digits.utf8.count)
    defer { buffer.deallocate() }
    _ = buffer.initialize(from: digits.utf8)
    return try SecretNumber(digits: UnsafeBufferPointer(buffer))
}
