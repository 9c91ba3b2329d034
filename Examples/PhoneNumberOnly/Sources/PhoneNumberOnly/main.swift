// What a program writes that only wants to read phone numbers.
import PhoneNormalization

let typed: [(text: String, region: Region)] = [
    ("044 668 18 00", "CH"),
    ("00 39 06 698 12345", "DE"),
    ("(800) 555-0199 ext. 12", "US"),
    ("٠٥٠ ١٢٣ ٤٥٦٧", "SA"),
    ("not a number", "CH"),
]

for (text, region) in typed {
    do {
        let number = try PhoneNumber(parsing: text, region: region)
        // Printing the number shows it masked; writing it out takes a format.
        print(number)
        let verdict = number.isValid ? "valid" : "not valid"
        print("  \(number.formatted(.international)), \(number.type), \(verdict) in \(number.region ?? region)")
    } catch {
        print("\(error.code): \(error.reason)")
    }
}
