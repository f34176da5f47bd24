import AWSClient
import HTTP
import JSON
import KubernetesClient
import Platform
import Synchronization
import TestSupport
import Testing

@testable import CommandCore

/// Seeds that are applied again, at servers whose answers are given.
@Suite(.timeLimit(.minutes(10))) struct SeedApplyTests {
  /// Runs `body` with the URL of a server.
  private func serving(
    _ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse,
    _ body: (String, EventLoops) async throws -> Void
  ) async throws {
    let loops = EventLoops(count: 1)
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]), loops: loops,
      handler: ClosureHandler { answer($0) })
    try server.start()
    let result: Result<Void, any Error>
    do { result = .success(try await body(server.urls[0], loops)) } catch {
      result = .failure(error)
    }
    await server.stop(grace: .zero)
    loops.stop()
    try result.get()
  }

  /// The manifest of a pod.
  private func manifest() throws -> SeedManifest {
    let root = try Scratch.folder()
    try SafeFile.makeFolder("\(root)/kubernetes")
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, resourceVersion: \"3\"}\n"
    try SafeFile.write(Array(text.utf8), to: "\(root)/kubernetes/p.yaml")
    return try #require(try SeedFolder(path: root).manifests.first)
  }

  @Test(
    "what the node writes while a seed is applied is not taken for the seed's change",
    arguments: [(false, SeedOutcome.unchanged), (true, .updated)])
  func status(seedDiffers: Bool, outcome: SeedOutcome) async throws {
    let revision = Mutex(5)
    let reads = Mutex(0)
    @Sendable func pod(_ revision: Int) -> HTTPResponse {
      .json(200, ["kind": "Pod", "metadata": ["resourceVersion": .string("\(revision)")]])
    }
    let manifest = try manifest()
    try await serving { request in
      revision.withLock { revision in
        guard request.method == "PATCH" else {
          let seen = revision
          // The node's write of the status, right after the first two readings.
          let isEarly = reads.withLock { reads in
            reads += 1
            return reads <= 2
          }
          if isEarly { revision += 1 }
          return pod(seen)
        }
        let wanted = (try? JSON.parse(request.body))?.at("metadata", "resourceVersion")?.string
        guard wanted == nil || wanted == "\(revision)" else {
          return .json(409, ["kind": "Status", "reason": "Conflict", "message": "modified"])
        }
        if seedDiffers { revision += 1 }
        return pod(revision)
      }
    } _: { url, loops in
      let config = try KubeConfig(
        json: [
          "current-context": "c",
          "contexts": [["name": "c", "context": ["cluster": "k", "user": "u"]]],
          "clusters": [["name": "k", "cluster": ["server": .string(url)]]],
          "users": [["name": "u", "user": [:]]],
        ], path: "config", folder: "/")
      #expect(try await manifest.apply(to: try KubernetesClient(config, loops: loops)) == outcome)
    }
    #expect(revision.withLock { $0 } == (seedDiffers ? 8 : 7))
  }

  @Test("a reading that fails is no sign that a policy is another one, or an object new")
  func failures() async throws {
    let writes = Mutex<[String]>([])
    let trust: JSON = ["Version": "2012-10-17", "Statement": []]
    let role = SeedAWS.Role(
      name: "r", trust: trust,
      policies: [SeedAWS.Policy(name: "p", document: trust, place: "roles.yaml:3")],
      place: "roles.yaml:1")
    try await serving { request in
      let body = String(decoding: request.body, as: UTF8.self)
      if request.method == "HEAD" { return HTTPResponse(status: 503) }
      if body.contains("Action=GetRole&") {
        return .text(
          200, "<AssumeRolePolicyDocument>\(trust.text())</AssumeRolePolicyDocument>")
      }
      if body.contains("Action=GetRolePolicy&") {
        return .text(503, "<Code>ServiceUnavailable</Code><Message>busy</Message>")
      }
      writes.withLock { $0.append("\(request.method) \(body)") }
      return .text(200, "")
    } _: { url, loops in
      var json = SampleStack.json.object ?? [:]
      json["aws"] = ["url": .string(url)]
      json["s3"] = ["url": .string(url)]
      let stack = try StackInfo(json: .object(json), path: "/stack.json")
      let aws = try AWSClient(stack, loops: loops, clock: SystemClock())
      let error = await #expect(throws: CommandFailure.self) {
        _ = try await SeedRoleApplier(role: role, aws: aws).apply()
      }
      #expect(error?.description == "roles.yaml:3: role r: ServiceUnavailable: busy")
      let s3 = try AWSClient(s3Of: stack, loops: loops, clock: SystemClock())
      let objects = SeedObjects(s3: s3, region: stack.region)
      await #expect(throws: AWSFailure.self) { _ = try await objects.makeBucket("bucket") }
      await #expect(throws: AWSFailure.self) {
        _ = try await objects.put([1], bucket: "bucket", key: "k")
      }
    }
    #expect(writes.withLock { $0 } == [])
  }
}
