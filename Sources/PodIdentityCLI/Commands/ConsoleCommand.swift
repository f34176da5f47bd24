import Cryptography
import HTTP
import Platform

extension Command {
  static let console = Command(
    name: "console", usage: "[--listen 127.0.0.1:PORT] [--stack FILE]",
    summary: "a live page for a projector: each event on its way",
    options: [
      Option("listen", "HOST:PORT", "where, on loopback (default 127.0.0.1:0, a free port)"),
      stackOption,
    ]
  ) { context in
    let address =
      try context.arguments.address("listen") ?? HostPort(host: "127.0.0.1", port: 0)
    guard address.isLoopback else {
      throw UsageError(
        "podid console: --listen must be a loopback address, not \"\(address.host)\"")
    }
    let stack = try context.stack()
    let hub = ConsoleHub(stack: stack)
    func secret() -> String { Base64.encodeURL(context.randomness.bytes(32)) }
    let base = "/\(secret())/"
    let door = ConsoleDoor(
      key: secret(), session: secret(), base: base,
      next: ConsoleRoutes(base: base, hub: hub, faults: ConsoleFaults(context: context)))
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [address], maximumConnections: 200),
      loops: context.loops, handler: door)
    try server.start()
    context.print("\(server.urls[0])/?key=\(door.key)")
    let feed = Task { await ConsoleFeed(hub: hub, context: context).run(stack) }
    _ = await TerminationSignals.wait()
    feed.cancel()
    // Streams end first: they would be waited for.
    hub.close()
    await server.stop(grace: .seconds(1))
    return 0
  }
}
