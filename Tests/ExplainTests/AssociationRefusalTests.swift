import AWSClient
import HTTP
import JSON
import KubernetesClient
import Platform
import TestSupport
import Testing

@testable import CommandCore
@testable import Explain

/// What `podid explain` takes from the events about an account.
@Suite(.timeLimit(.minutes(10))) struct AssociationRefusalTests {
  private func event(_ message: String, at time: String, reason: String? = nil) -> JSON {
    [
      "reason": .string(reason ?? "PodIdentityAssociationFailed"), "message": .string(message),
      "lastTimestamp": .string("2026-11-24T\(time)Z"),
    ]
  }

  @Test("the last refusal is told, wherever it stands, and no event of another reason")
  func last() async throws {
    let list: JSON = [
      "items": [
        event("old", at: "10:00:00"), event("last", at: "10:20:00"),
        event("older", at: "09:00:00"), event("made", at: "11:00:00", reason: "Created"),
      ]
    ]
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { _ in .json(200, list) })
    try server.start()
    let config = try KubeConfig(
      json: [
        "current-context": "c",
        "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
        "clusters": [["name": "k", "cluster": ["server": .string(server.urls[0])]]],
        "users": [["name": "u", "user": [:]]],
      ], path: "config", folder: "/")
    let stack = try StackInfo(json: SampleStack.json, path: "/stack.json")
    let lookup = AssociationLookup(
      account: AccountName(namespace: "n", name: "a"), stack: stack,
      aws: try AWSClient(stack, loops: loops, clock: SystemClock()),
      kubernetes: try KubernetesClient(config, loops: loops))
    #expect(await lookup.refusal() == "last")
    await server.stop(grace: .zero)
    loops.stop()
  }
}
