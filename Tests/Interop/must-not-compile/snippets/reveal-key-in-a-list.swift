// Refused: type 'RecipientKey' does not conform to protocol 'Copyable'
import SealedStore

private func collect(_ key: consuming RecipientKey) {
    let keys = Array<RecipientKey>()  // refused; instead: let keys = key
    _ = consume keys
}
