// One number, one answer, as the first thing a process does.
import Glibc
import PhoneNormalization

let number = try PhoneNumber(parsing: "+41 44 668 18 00", region: nil)
guard number.isValid, number.type == .fixedLine, number.withE164Bytes({ $0.count }) == 12 else { exit(1) }
