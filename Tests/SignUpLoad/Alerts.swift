#if SQLite
    import AuditLog
    import IdentityTypes
    import PhoneIdentity
    import RecordStorage
    import SealedStore

    /// Messages that a host orders, of which it never sees the number.
    struct Alerts {
        let deployment: Deployment
        /// Each order goes to all of them, one after the other.
        let senders: [RemoteSender]
        private let random = SystemRandomSource()

        init(deployment: Deployment, senders: [RemoteSender]) { (self.deployment, self.senders) = (deployment, senders) }

        func send(_ template: String, to people: some Sequence<String>) async throws {
            let store = authenticated(deployment.identity.records)
            let registry = RevealRegistry(
                store: store, keyring: deployment.keyring, keyService: deployment.keyService, outbox: AuditOutbox())
            let vault = NumberVault(
                store: store, partitions: .standard, keyring: deployment.keyring,
                keyService: deployment.keyService, evaluator: deployment.evaluator)
            for word in people {
                guard let pseudonym = Pseudonym(rawValue: word) else { throw WrongUse() }
                let person: RevealSubject
                do throws(IdentityError) { person = try await registry.subject(of: pseudonym) } catch {
                    say("refused \(pseudonym) \(error.code.rawValue)")
                    continue
                }
                let grant = Grant<Purposes.SecurityAlert>(
                    token: Purposes.SecurityAlert.token, id: random.bytes(16), subject: nil, basis: .hostAssertion,
                    expiresAt: deployment.clock.now() + .seconds(60))
                let order = vault.order(to: person, template: template, grant: grant)
                for sender in senders { await send(order, to: pseudonym, through: sender) }
            }
        }

        private func authenticated(_ store: some RecordStore) -> any RecordStore { deployment.keyring.authenticated(store) }

        private func send(_ order: DispatchOrder, to pseudonym: Pseudonym, through sender: RemoteSender) async {
            do throws(VaultError) {
                try await sender.send(order)
                say("sent \(pseudonym)")
            } catch {
                say("refused \(pseudonym) \(error.code.rawValue)")
            }
        }
    }
#endif
