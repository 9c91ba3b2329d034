import PhoneNormalization

extension PhoneNumber {
    /// A number of its parts, from text.
    init?(_ code: CountryCallingCode, _ digits: String) {
        self.init(callingCode: code, nationalSignificantNumber: Array(digits.utf8).span)
    }
}
