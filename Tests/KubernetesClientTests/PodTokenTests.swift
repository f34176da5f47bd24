import HTTP
import JSON
import Platform
import Testing

@testable import KubernetesClient

/// What a cluster is asked for where a pod's token is wanted.
@Suite(.timeLimit(.minutes(10))) struct PodTokenTests {
  static let pod: JSON = [
    "metadata": ["name": "p", "namespace": "ns", "uid": "u-1"],
    "spec": ["serviceAccountName": "sa"],
  ]

  /// What a server that answers so is asked, and what is made of the answer.
  private func ask(
    _ pod: JSON, audience: String?, answer: JSON
  ) async throws -> (asked: JSON, token: PodToken?) {
    let loops = EventLoops(count: 1)
    let (asked, note) = AsyncStream<JSON>.makeStream()
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { request in
        var body = (try? JSON.parse(request.body).object) ?? [:]
        body["target"] = .string("\(request.method) \(request.target)")
        note.yield(.object(body))
        return HTTPResponse(status: 201, body: .bytes(answer.bytes()))
      })
    try server.start()
    let config = try KubeConfig(
      json: [
        "current-context": "c",
        "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
        "clusters": [["name": "k", "cluster": ["server": .string(server.urls[0])]]],
        "users": [["name": "u", "user": [:]]],
      ], path: "/k", folder: "/")
    let client = try KubernetesClient(config, loops: loops)
    let token = try? await PodToken.request(for: pod, audience: audience, client)
    note.finish()
    await server.stop(grace: .zero)
    loops.stop()
    var found: JSON = .null
    for await body in asked { found = body }
    return (found, token)
  }

  @Test("a token is bound to this very pod, by its UID, and is of its account")
  func bound() async throws {
    let (asked, token) = try await ask(
      Self.pod, audience: "pods.eks.amazonaws.com",
      answer: ["status": ["token": "t", "expirationTimestamp": "2026-11-24T10:00:00Z"]])
    #expect(asked["target"] == "POST /api/v1/namespaces/ns/serviceaccounts/sa/token")
    #expect(
      asked["spec"] == [
        "expirationSeconds": 3600,
        "boundObjectRef": ["kind": "Pod", "apiVersion": "v1", "name": "p", "uid": "u-1"],
        "audiences": ["pods.eks.amazonaws.com"],
      ])
    #expect(token?.text == "t")
    #expect(token?.expires == Instant(rfc3339: "2026-11-24T10:00:00Z"))
  }

  @Test("without an audience the cluster chooses; without an account it is the default one")
  func defaults() async throws {
    let (asked, token) = try await ask(
      ["metadata": ["name": "p", "namespace": "ns", "uid": "u-1"]], audience: nil,
      answer: ["status": ["token": "t"]])
    #expect(asked["target"] == "POST /api/v1/namespaces/ns/serviceaccounts/default/token")
    #expect(asked["spec"]?.object?["audiences"] == nil)
    // An answer that does not say when the token ends is none.
    #expect(token == nil)
  }
}
