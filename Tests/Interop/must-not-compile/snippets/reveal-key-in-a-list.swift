// Refused: conform to 'Copyable'
import SealedStore

private func collect(_ key: consuming RecipientKey) {
    let keys = Array<RecipientKey>()  // refused; instead: let keys = key
    _ = consume keys
}
