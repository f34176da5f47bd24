import HTTP
import JSON
import Platform

/// The listeners of the credentials endpoint: those of `--listen`, and the link-local ones.
enum CredentialsListeners {
  private static let linkLocal = [
    HostPort(host: "169.254.170.23", port: 80), HostPort(host: "fd00:ec2::23", port: 80),
  ]

  /// AWS's agent gives a request, and a connection without one, 30 seconds.
  // Differs from AWS: Go reads HTTP less strictly, and answers late requests with 400 or not at all.
  private static let deadlines = HTTPDeadlines(
    head: .seconds(30), body: .seconds(30), idle: .seconds(30))

  /// Binds them; a host without IPv6 gets a warning for that one.
  static func start(
    _ listen: [HostPort], isLinkLocal: Bool, limits: HTTPLimits, loops: EventLoops,
    handler: any HTTPHandler, log: Log
  ) throws -> [HTTPServer] {
    func server(_ addresses: [HostPort]) throws -> HTTPServer {
      let server = HTTPServer(
        HTTPServerConfiguration(
          listen: addresses, limits: limits, deadlines: deadlines, endsWithInput: true),
        loops: loops,
        handler: handler, log: log)
      try server.start()
      return server
    }
    var servers = [try server(listen)]
    guard isLinkLocal else { return servers }
    servers.append(try server([linkLocal[0]]))
    do { servers.append(try server([linkLocal[1]])) } catch {
      log.warning(
        "the IPv6 address is not served", ["reason": .string("\(error)")])
    }
    return servers
  }
}
