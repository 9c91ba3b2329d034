/// How hard a masked QR code would be to read: the mask with the least of it is chosen. Source: ISO/IEC 18004:2015, §7.8.3.
struct QRPenalty {
    let size: Int
    /// Whether the module of a row and column is dark.
    let isDark: (Int, Int) -> Bool

    var total: Int {
        var total = blocks + balance
        for line in 0..<size {
            total += runs { isDark(line, $0) } + runs { isDark($0, line) }
            total += lookalikes { isDark(line, $0) } + lookalikes { isDark($0, line) }
        }
        return total
    }

    /// Five and more of one colour in a line: 3, and one for each above five.
    private func runs(_ isDark: (Int) -> Bool) -> Int {
        var (points, run) = (0, 1)
        for index in 1...size {
            if index < size, isDark(index) == isDark(index - 1) {
                run += 1
            } else {
                if run >= 5 { points += run - 2 }
                run = 1
            }
        }
        return points
    }

    /// What looks like a finder pattern, 1 : 1 : 3 : 1 : 1, with four light modules before or after it: 40. Around the code all is light.
    private func lookalikes(_ isDark: (Int) -> Bool) -> Int {
        func isLight(_ range: Range<Int>) -> Bool {
            range.allSatisfy { !(0..<size).contains($0) || !isDark($0) }
        }
        var points = 0
        for start in 0...size - 7 {
            let matches =
                isDark(start) && !isDark(start + 1) && isDark(start + 2) && isDark(start + 3) && isDark(start + 4) && !isDark(start + 5)
                && isDark(start + 6)
            if matches, isLight(start - 4..<start) || isLight(start + 7..<start + 11) { points += 40 }
        }
        return points
    }

    /// Each square of two by two in one colour: 3.
    private var blocks: Int {
        var points = 0
        for row in 1..<size {
            for column in 1..<size {
                let corner = isDark(row, column)
                if isDark(row - 1, column) == corner, isDark(row, column - 1) == corner,
                    isDark(row - 1, column - 1) == corner
                {
                    points += 3
                }
            }
        }
        return points
    }

    /// Ten for every whole 5 % by which the dark modules are more or fewer than half.
    private var balance: Int {
        let dark = (0..<size * size).count { isDark($0 / size, $0 % size) }
        return abs(20 * dark - 10 * size * size) / (size * size) * 10
    }
}
