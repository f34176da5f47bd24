import AWSClient
import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore

/// What of a role that is there a seed changes: what it says, and nothing else.
@Suite(.timeLimit(.minutes(10))) struct SeedRoleSettingsTests {
  private static let trust: JSON = ["Version": "2012-10-17", "Statement": []]

  /// What a seed's role comes to at one that has a description and two hours, and the calls for it.
  private func apply(
    _ description: String?, _ seconds: Int64?
  ) async throws -> (outcome: SeedOutcome, writes: [String]) {
    let writes = Mutex<[String]>([])
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        let form = QueryParameters(request.body)
        if form["Action"] == "GetRole" {
          return .text(
            200,
            "<AssumeRolePolicyDocument>\(Self.trust.text())</AssumeRolePolicyDocument>"
              + "<Description>shown</Description><MaxSessionDuration>7200</MaxSessionDuration>")
        }
        let given = ["Description", "MaxSessionDuration"].map { form[$0] ?? "-" }
        writes.withLock { $0.append("\(form["Action"] ?? "") \(given.joined(separator: " "))") }
        return .text(200, "")
      })
    try server.start()
    var json = SampleStack.json.object ?? [:]
    json["aws"] = ["url": .string(server.urls[0])]
    let stack = try StackInfo(json: .object(json), path: "/stack.json")
    var role = SeedAWS.Role(name: "r", trust: Self.trust, policies: [], place: "roles.yaml:1")
    role.description = description
    role.maxSessionSeconds = seconds
    let outcome = try await SeedRoleApplier(
      role: role, aws: AWSClient(stack, loops: loops, clock: SystemClock())
    ).apply()
    await server.stop(grace: .zero)
    loops.stop()
    return (outcome, writes.withLock { $0 })
  }

  @Test(
    "what the seed does not say, or says as it is, is no change",
    arguments: [(nil, nil), ("shown", nil), (nil, 7200), ("shown", 7200)] as [(String?, Int64?)])
  func unchanged(description: String?, seconds: Int64?) async throws {
    let found = try await apply(description, seconds)
    #expect(found.outcome == .unchanged)
    #expect(found.writes == [])
  }

  @Test(
    "what it says otherwise is written, alone",
    arguments: [
      ("new", nil, "UpdateRole new -"), (nil, 3600, "UpdateRole - 3600"),
      ("", 7200, "UpdateRole  7200"),
    ] as [(String?, Int64?, String)])
  func changed(description: String?, seconds: Int64?, call: String) async throws {
    let found = try await apply(description, seconds)
    #expect(found.outcome == .updated)
    #expect(found.writes == [call])
  }
}
