import CommandCore
import Console
import Cryptography
import HTTP
import Platform

extension Command {
  static let console = Command(
    name: "console", usage: "[--listen 127.0.0.1:PORT] [--published 127.0.0.1:PORT] [--stack FILE]",
    summary: "a live page for a projector: each event on its way",
    options: [
      Option("listen", "HOST:PORT", "where, on loopback (default 127.0.0.1:0, a free port)"),
      Option("published", "HOST:PORT", "in a container: the host's loopback address of its port"),
      stackOption,
    ], endsBySignal: false
  ) { context in
    let address =
      try context.arguments.address("listen") ?? HostPort(host: "127.0.0.1", port: 0)
    let published = try context.arguments.address("published")
    if let published, !published.isLoopback {
      throw UsageError(
        "podid console: --published must be a loopback address, not \"\(published.host)\"")
    }
    // A published port leads to an address of the container's network.
    guard address.isLoopback || published != nil else {
      throw UsageError(
        "podid console: --listen must be a loopback address, not \"\(address.host)\"")
    }
    // Each page of a browser holds a connection.
    DescriptorLimit.raise()
    let stack = try context.stack()
    let hub = ConsoleHub(stack: stack)
    func secret() -> String { Base64.encodeURL(context.randomness.bytes(32)) }
    let base = "/\(secret())/"
    let door = ConsoleDoor(
      key: secret(), session: secret(), base: base, publishedPort: published?.port,
      next: ConsoleRoutes(base: base, hub: hub, faults: ConsoleFaults(access: context.access)))
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [address], maximumConnections: 200),
      loops: context.loops, handler: door)
    try server.start()
    SignalWatch.course = .orderly
    let url = published.map { "http://\($0)" } ?? server.urls[0]
    guard context.print("\(url)/?key=\(door.key)") else {
      await server.stop(grace: .zero)
      return 0
    }
    let feed = Task {
      await ConsoleFeed(hub: hub, access: context.access, found: { try? context.stack() })
        .run(stack)
    }
    _ = await TerminationSignals.wait()
    feed.cancel()
    // Streams end first: they would be waited for.
    hub.close()
    await server.stop(grace: .milliseconds(500))
    return 0
  }
}
