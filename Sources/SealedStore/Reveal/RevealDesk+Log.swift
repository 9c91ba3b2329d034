import CryptoPrimitives
import IdentityTypes
import RecordStorage

extension RevealDesk {
    /// How often the log is shown anew because others moved the key service's head of it meanwhile.
    private static let rounds = 10

    /// Shows the key service that the approval is in the log, as one that goes on from the head it has seen, and gets the shred key.
    func shredKey(
        for file: RevealFile, _ set: ApprovalSet, loggedAs entry: ProvableEntry
    ) async throws(VaultError) -> SecretBytes {
        var round = 1
        while true {
            let known = try await keyService.logHead()
            let evidence = try await evidence(for: entry, from: known?.size ?? 0)
            do throws(VaultError) {
                return try await keyService.releaseShredKey(
                    for: RevealOpening(file, set.approvals, evidence: evidence, opener: opener))
            } catch {
                guard error.code == .logHeadOutdated, round < Self.rounds else { throw error }
            }
            round += 1
        }
    }

    /// Waits until the log's signed tree has the entry, and is not smaller than the one the key service has seen.
    private func evidence(for entry: ProvableEntry, from knownSize: UInt64) async throws(VaultError) -> LogEvidence {
        let deadline = time.now() + Self.patience
        var found: LogEvidence?
        repeat {
            do { found = try await log.evidence(for: entry, from: knownSize) } catch { throw VaultError(error) }
            if let found, found.size >= knownSize { return found }
            do { try await time.sleep(for: .milliseconds(100)) } catch {
                throw VaultError(StorageError(.cancelled, "The task was cancelled while the log's signature was awaited."))
            }
        } while time.now() < deadline
        // Smaller than the known one for so long, it is for the key service to say what that is.
        if let found { return found }
        throw VaultError(.unavailable, "The log has not signed the approval yet: see that its sequencer runs, and open again.")
    }
}
