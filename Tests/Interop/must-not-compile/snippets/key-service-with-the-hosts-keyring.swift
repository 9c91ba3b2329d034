// Refused: cannot convert value of type 'HostKeyring' to expected argument type 'KeyServiceKeyring'
import RecordStorage
import SealedStore

private func host(_ host: HostKeyring, _ keyService: KeyServiceKeyring, _ store: any RecordStore) -> LocalKeyService {
    LocalKeyService(
        store: store,
        keyring: host,  // refused; instead: keyring: keyService,
        forgetOldPages: { true })
}
