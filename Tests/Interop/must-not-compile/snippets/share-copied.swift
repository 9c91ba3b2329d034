// Refused: 'share' consumed more than once
import SealedStore

private func keep(_ share: consuming QuorumShare) {}
private func use(_ share: borrowing QuorumShare) {}

private func approve(_ share: consuming QuorumShare) {
    use(share)
    keep(share)
    keep(share)  // refused; instead: _ = 0
}
