package import Cryptography
import JSON
import Platform

/// What a server's TLS listeners show.
package struct ServerTLS: Sendable {
  /// The certificate that the server started with.
  package let certificate: ServerCertificate
  /// For the listeners.
  package let context: TLSServerContext
  private let settle: @Sendable () throws(StartFailure) -> ServerCertificate
  private let clock: any WallClock
  private let log: Log

  /// A certificate for these names and addresses, those that mean any address left out; its authority
  /// is kept in the server's state.
  package init(_ server: ServerContext, names: [String], authority: String) throws {
    let names = names.filter { !["0.0.0.0", "::"].contains($0.bytes) }
    settle = { () throws(StartFailure) in
      try ServerCertificate.settle(
        in: server.state, names: names, authority: authority, now: server.realClock.now,
        randomness: server.randomness)
    }
    clock = server.realClock
    log = server.log
    certificate = try settle()
    context = try TLSServerContext(
      certificatePEM: certificate.certificatePEM, keyPEM: certificate.keyPEM)
  }

  /// Shows a new certificate to new connections before the old one ends, until the task is cancelled: a
  /// server may run for a year.
  package func renew() async {
    while (try? await clock.sleep(for: .seconds(86_400))) != nil {
      do {
        let fresh = try settle()
        try context.reload(certificatePEM: fresh.certificatePEM, keyPEM: fresh.keyPEM)
      } catch { log.error("certificate not renewed", ["reason": .string("\(error)")]) }
    }
  }
}
