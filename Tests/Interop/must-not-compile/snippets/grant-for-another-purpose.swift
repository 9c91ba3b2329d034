// Refused: cannot convert value of type 'Grant<Purposes.ProductUpdate>'
import IdentityTypes

private func use(_ grant: consuming Grant<Purposes.SecurityAlert>) {}

private func host(_ news: consuming Grant<Purposes.ProductUpdate>, _ alert: consuming Grant<Purposes.SecurityAlert>) {
    use(news)  // refused; instead: use(alert)
}
