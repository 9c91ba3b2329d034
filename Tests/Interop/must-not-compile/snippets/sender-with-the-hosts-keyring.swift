// Refused: cannot convert value of type 'HostKeyring' to expected argument type 'SenderKeyring'
import RecordStorage
import SealedStore

private func host(
    _ host: HostKeyring, _ sender: SenderKeyring, _ store: any RecordStore, _ service: any SenderKeyService, _ gateway: any NumberRecipient
) -> LocalSender {
    LocalSender(
        store: store,
        keyring: host,  // refused; instead: keyring: sender,
        keyService: service, recipient: gateway)
}
