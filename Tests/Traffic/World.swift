import IdentityTypes
import OTPEngine
import PhoneIdentityTesting

/// Where people are. The codes are real; shares, prices and how many ranges carriers use are made up, in the order of what gateways and
/// regulators publish.
struct Country {
    let code: UInt16
    /// Of all sign-ups, in parts of a thousand.
    let share: Int
    let carriers: Int
    /// Ranges of ten thousand times four digits each that people have numbers in.
    let ranges: Int
    /// Of a text message, in millionths.
    let price: Int64

    static let all: [Country] = [
        Country(code: 1, share: 140, carriers: 3, ranges: 900, price: 8_000),
        Country(code: 91, share: 130, carriers: 3, ranges: 700, price: 4_000),
        Country(code: 55, share: 70, carriers: 3, ranges: 400, price: 17_000),
        Country(code: 62, share: 60, carriers: 3, ranges: 300, price: 40_000),
        Country(code: 49, share: 55, carriers: 3, ranges: 120, price: 90_000),
        Country(code: 44, share: 55, carriers: 4, ranges: 300, price: 45_000),
        Country(code: 81, share: 50, carriers: 3, ranges: 200, price: 70_000),
        Country(code: 33, share: 45, carriers: 4, ranges: 250, price: 75_000),
        Country(code: 52, share: 40, carriers: 3, ranges: 350, price: 35_000),
        Country(code: 63, share: 35, carriers: 2, ranges: 150, price: 60_000),
        Country(code: 84, share: 30, carriers: 3, ranges: 90, price: 70_000),
        Country(code: 90, share: 30, carriers: 3, ranges: 80, price: 15_000),
        Country(code: 39, share: 28, carriers: 4, ranges: 150, price: 80_000),
        Country(code: 34, share: 26, carriers: 4, ranges: 150, price: 70_000),
        Country(code: 82, share: 24, carriers: 3, ranges: 60, price: 40_000),
        Country(code: 48, share: 22, carriers: 4, ranges: 120, price: 35_000),
        Country(code: 234, share: 20, carriers: 4, ranges: 40, price: 80_000),
        Country(code: 20, share: 18, carriers: 4, ranges: 30, price: 110_000),
        Country(code: 57, share: 16, carriers: 3, ranges: 60, price: 50_000),
        Country(code: 54, share: 15, carriers: 3, ranges: 150, price: 60_000),
        Country(code: 66, share: 14, carriers: 3, ranges: 80, price: 30_000),
        Country(code: 27, share: 13, carriers: 4, ranges: 70, price: 25_000),
        Country(code: 31, share: 12, carriers: 3, ranges: 60, price: 90_000),
        Country(code: 61, share: 12, carriers: 3, ranges: 90, price: 50_000),
        Country(code: 254, share: 10, carriers: 3, ranges: 40, price: 60_000),
        Country(code: 46, share: 8, carriers: 4, ranges: 40, price: 60_000),
        Country(code: 41, share: 8, carriers: 3, ranges: 30, price: 60_000),
        Country(code: 351, share: 6, carriers: 3, ranges: 20, price: 40_000),
        Country(code: 64, share: 5, carriers: 3, ranges: 20, price: 90_000),
        Country(code: 371, share: 3, carriers: 3, ranges: 10, price: 50_000),
    ]

    static var tariff: Tariff {
        var prices: [UInt16: Tariff.Price] = [:]
        for country in all { prices[country.code] = .init(text: Money(micros: country.price), voice: Money(micros: country.price * 3)) }
        return Tariff(prices: prices, otherwise: .init(text: Money(micros: 300_000), voice: Money(micros: 600_000)))
    }
}

/// A number, as the guard sees it.
struct Number: Hashable {
    let country: UInt16
    /// What follows the country calling code: four digits.
    let range: Int
    /// The five digits after that.
    let rest: Int

    var route: SendRoute {
        let prefix = "+\(country)\(1_000 + range)"
        return SendRoute(countryCallingCode: country, kind: .text, range: Array(prefix.utf8), block: Array("\(prefix)\(rest / 100)".utf8))
    }

    /// 32 bytes that stand for it.
    var tag: BudgetTag {
        let seed = UInt64(country) << 40 | UInt64(range) << 24 | UInt64(rest)
        return BudgetTag(bytes: SeededRandomSource(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1).bytes(32))!
    }
}

/// What draws: all of a run from one seed.
struct Dice {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(state: seed) }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    mutating func chance(_ percent: Double) -> Bool { Double.random(in: 0..<100, using: &generator) < percent }
    mutating func seconds(_ range: ClosedRange<Double>) -> Duration {
        .milliseconds(Int64(Double.random(in: range, using: &generator) * 1_000))
    }

    mutating func country() -> Int {
        var ticket = below(1_000)
        for (index, country) in Country.all.enumerated() {
            ticket -= country.share
            if ticket < 0 { return index }
        }
        return 0
    }

    /// A person's number and network. A few ranges of each country have most of its people; most people are behind one of their carrier's
    /// two networks, the others at home.
    mutating func person() -> (Number, network: String) {
        let index = country()
        let country = Country.all[index]
        let range = min(below(country.ranges), below(country.ranges))
        let number = Number(country: country.code, range: range, rest: below(100_000))
        guard chance(70) else { return (number, home()) }
        return (number, "100.\(index).\(below(country.carriers) * 2 + below(2)).\(below(250))")
    }

    mutating func home() -> String { "2001:db8:\(String(below(65_536), radix: 16))::1" }

    /// An address that no other request came from: the attacker has a botnet.
    mutating func bot() -> String { "\(below(100) + 120).\(below(256)).\(below(256)).1" }
}
