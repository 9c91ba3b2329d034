import Messaging
import PhoneNormalization
import SealedStore

extension MessageDestination {
    init(_ number: PhoneNumber) {
        self.init(countryCallingCode: UInt16(number.callingCode.value), region: number.region, lineType: number.type)
    }

    /// Of a number that was opened for this message.
    init(_ number: borrowing GuardedNumber) {
        let parsed = number.withDigits { digits -> PhoneNumber? in
            let typed = [0x2B] + Array(digits)
            return try? PhoneNumber(parsing: typed.span, region: nil)
        }
        self = parsed.map { MessageDestination($0) } ?? .unknown
    }
}
