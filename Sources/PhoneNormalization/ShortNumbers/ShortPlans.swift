internal import CPhoneMetadata

/// The generated tables of short numbers, and the walks through them.
enum ShortPlans {
    /// The short numbers of a region; nil if none are known.
    static func plan(of region: Region) -> UnsafePointer<phone_short_region>? {
        Plans.regionIndex(letters: region.letters).flatMap(plan(at:))
    }

    static func plan(at index: Int) -> UnsafePointer<phone_short_region>? {
        let plan = phone_table_short_regions() + index
        return plan.pointee.lengths == 0 ? nil : plan
    }

    /// What the digits are in one region.
    static func facts(of digits: NationalDigits, in plan: UnsafePointer<phone_short_region>) -> ShortNumber.Facts {
        var state = Int(plan.pointee.start)
        for index in 0..<Int(digits.count) {
            state = Int(phone_table_short_successors()[state * 10 + Int(digits[index])])
            if state == 0 { break }
        }
        var facts = ShortNumber.Facts(rawValue: phone_table_short_outputs()[state])
        if UInt32(plan.pointee.lengths) >> UInt32(digits.count) & 1 == 1 { facts.insert(.possible) }
        return facts
    }

    /// What the digits are in a region that the calling code belongs to; nothing in any other.
    static func facts(of digits: NationalDigits, code: phone_code, from region: Region) -> ShortNumber.Facts {
        for position in 0..<Int(code.region_count) {
            let index = Int(phone_table_code_regions()[Int(code.first_region) + position])
            guard Plans.regions[index].letters == region.letters else { continue }
            return plan(at: index).map { facts(of: digits, in: $0) } ?? []
        }
        return []
    }

    /// What the digits are in the regions of a calling code taken together.
    static func facts(of digits: NationalDigits, code: phone_code) -> ShortNumber.Facts {
        let regions = phone_table_code_regions() + Int(code.first_region)
        let count = Int(code.region_count)
        if count == 1 { return plan(at: Int(regions[0])).map { facts(of: digits, in: $0) } ?? [] }
        var whole: ShortNumber.Facts = []
        var cost = ShortNumber.Cost.tollFree
        for position in 0..<count {
            let here = plan(at: Int(regions[position])).map { facts(of: digits, in: $0) } ?? []
            whole.formUnion(here.intersection(.possible))
            // The first region that has the number speaks for what it is.
            if !whole.contains(.valid), here.contains(.shortCode) {
                whole.formUnion([.valid, here.intersection([.carrierSpecific, .smsService])])
            }
            cost = max(cost, here.cost)
        }
        return whole.union(.costing(cost))
    }
}

extension ShortNumber {
    /// What the automaton says where a walk ended, and whether the number of digits is possible.
    struct Facts: OptionSet, Hashable {
        let rawValue: UInt8

        // The bits of the generated outputs, as `short_numbers.py` beside the table generator has them.
        static let valid = Facts(rawValue: 1)
        /// Of a pattern of the region's short numbers, whatever its general pattern says.
        static let shortCode = Facts(rawValue: 2)
        static let emergency = Facts(rawValue: 16)
        static let carrierSpecific = Facts(rawValue: 32)
        static let smsService = Facts(rawValue: 64)
        /// Not in the outputs: from the region's possible lengths.
        static let possible = Facts(rawValue: 128)

        var cost: Cost {
            switch rawValue >> 2 & 3 {
            case 1: .premiumRate
            case 2: .standardRate
            case 3: .tollFree
            default: .unknown
            }
        }

        static func costing(_ cost: Cost) -> Facts {
            switch cost {
            case .premiumRate: Facts(rawValue: 1 << 2)
            case .standardRate: Facts(rawValue: 2 << 2)
            case .tollFree: Facts(rawValue: 3 << 2)
            case .unknown: []
            }
        }
    }
}
