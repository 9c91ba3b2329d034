// Refused: incorrect argument labels in call (have 'unverified:_:', expected '_:custodians:')
import SealedStore

private func roster(_ file: [UInt8], _ custodians: CustodianSet) throws -> Roster {
    try Roster(unverified: file, custodians)  // refused; instead: try Roster(file, custodians: custodians)
}
