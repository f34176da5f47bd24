import AdminAPI
import HTTP
import Platform

/// All services by TLS, told apart by the signature's scope, for what asks for
/// `aws:SecureTransport`.
///
/// The certificate is of an authority of this state's own, constrained to local names; clients are
/// given `ca.crt` of the state folder, as `AWS_CA_BUNDLE`.
struct TLSDoor {
  let server: HTTPServer
  /// Shows a new certificate before the old one ends, until it is cancelled.
  let renewal: Task<Void, Never>

  /// The door; nil where `--tls-listen` names no address.
  init?(
    _ context: ServerContext, handler: some HTTPHandler,
    overloaded: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws {
    let listen = context.settings.addresses("tls-listen")
    guard !listen.isEmpty else { return nil }
    let names = ["localhost", "127.0.0.1", "::1"] + listen.map(\.host) + context.allowedHosts
    let tls = try ServerTLS(context, names: names, authority: "podid local aws")
    server = HTTPServer(
      HTTPServerConfiguration(listen: listen, tls: tls.context, overloaded: overloaded),
      loops: context.loops,
      handler: HTTPGuard(allowedHosts: context.allowedHosts, next: handler), log: context.log)
    renewal = Task { await tls.renew() }
  }
}
