import CommandCore
import HTTP
import JSON
import Platform
import Synchronization

/// The listeners of one trial: before the agent, before AWS and S3, and the proxy.
final class TrialServers: Sendable {
  /// How long the agent stays away in its restart.
  private static let absence = Duration.milliseconds(400)

  private let loops: EventLoops
  private let front: AgentFront
  private let record: TrialRecord
  private let agentPort: HeldPorts?
  private let agentServer: Mutex<HTTPServer>
  private let others: [HTTPServer]
  /// The URL that the program is told to get credentials from.
  let agentURL: String
  let awsURL: String
  let s3URL: String
  /// The proxy's URL, in a trial with one.
  let proxyURL: String?

  /// Starts them.
  /// - Throws: where the trial's address is none of this machine's.
  init(
    _ trial: Trial, stack: StackInfo, tokenFile: String, record: TrialRecord,
    restart: @escaping @Sendable () -> Void, context: CommandContext
  ) throws {
    guard let agent = HTTPURL(stack.agentURL), let aws = HTTPURL(stack.awsURL),
      let s3 = HTTPURL(stack.s3URL)
    else { throw CommandFailure("\(stack.path) names no addresses") }
    let loops = context.loops
    let http = HTTPClient(loops: loops, bodyLimit: 64 << 20)
    self.loops = loops
    // A free port is held, so that nobody else gets it while the agent is away.
    agentPort = trial.agentAddress.port == 0 ? try HeldPorts(["agent": trial.agentAddress]) : nil
    let address = agentPort?.addresses["agent"] ?? trial.agentAddress
    front = AgentFront(
      fault: trial.fault, tokenFile: tokenFile, record: record,
      agent: Forwarder(http: http, server: agent), restart: restart)
    self.record = record
    let agentServer = Self.server(address, front, loops, record)
    try agentServer.start()
    self.agentServer = Mutex(agentServer)
    let host = address.port == 80 ? address.urlHost : address.text
    agentURL = "http://\(host)\(AgentFront.path)"
    let free = HostPort(host: "127.0.0.1", port: 0)
    let handlers = [aws, s3].map {
      AWSFront(record: record, aws: Forwarder(http: http, server: $0), clock: context.clock)
    }
    var others = handlers.map { Self.server(free, HTTPGuard(next: $0), loops) }
    for server in others { try server.start() }
    if trial.hasProxy {
      var known: [ByteText: any HTTPHandler] = [address.text.bytes: front]
      for (server, handler) in zip(others, handlers) {
        known[server.addresses[0].text.bytes] = handler
      }
      // What a proxy is asked for names foreign hosts, so no guard stands before it.
      let proxy = HTTPServer(
        HTTPServerConfiguration(listen: [free]), loops: loops,
        handler: TrialProxy(record: record, agent: address.text, servers: known))
      try proxy.start()
      others.append(proxy)
    }
    self.others = others
    (awsURL, s3URL) = (others[0].urls[0], others[1].urls[0])
    proxyURL = others.count > 2 ? others[2].urls[0] : nil
  }

  private static func server(
    _ address: HostPort, _ handler: any HTTPHandler, _ loops: EventLoops,
    _ record: TrialRecord? = nil
  ) -> HTTPServer {
    HTTPServer(
      HTTPServerConfiguration(
        listen: [address], limits: HTTPLimits(body: 64 << 20),
        refused: { status in
          // One that did not come whole was not sent wrong.
          if status != 408 { record?.noteMalformed() }
        }), loops: loops, handler: handler)
  }

  /// Lets the agent go away, and come back at the same address.
  func restartAgent() async throws {
    let old = agentServer.withLock { $0 }
    let address = old.addresses[0]
    await old.stop(grace: .zero)
    try await Task.sleep(for: Self.absence)
    let new = Self.server(address, front, loops, record)
    try new.start()
    agentServer.withLock { $0 = new }
  }

  /// Stops all of them.
  func stop() async {
    for server in others + [agentServer.withLock({ $0 })] { await server.stop(grace: .zero) }
  }
}
