extension Region {
    /// Where the region is found in tables with a row for every two letters, 0...675; nil for ``world``.
    package var letterIndex: Int? {
        letters == 0 ? nil : (Int(letters & 0xFF) - 65) * 26 + Int(letters >> 8) - 65
    }
}
