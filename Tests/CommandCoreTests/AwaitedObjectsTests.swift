import HTTP
import JSON
import KubernetesClient
import Synchronization
import TestSupport
import Testing

@testable import CommandCore

/// What commands wait for at a cluster: each wait ends with an event, and none with its time.
@Suite(.timeLimit(.minutes(2))) struct AwaitedObjectsTests {
  private static let ready: JSON = ["conditions": [["type": "Ready", "status": "True"]]]
  private static let nodes = "GET /api/v1/nodes?"
  private static let follow = "GET /k/events?follow=1"
  private static let sample = AccountName(namespace: "n", name: "a")

  private static func list(_ items: [JSON]) -> HTTPResponse {
    .json(200, ["metadata": ["resourceVersion": "1"], "items": .array(items)])
  }

  /// An answer of these lines, which does not end by itself.
  private static func lines(_ lines: AsyncStream<JSON>) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      body: .stream(length: nil) { writer in
        for await line in lines { try await writer.write(Array("\(line.text())\n".utf8)) }
      })
  }

  private static func event(
    _ operation: String = "AnnotationAssociation", _ account: AccountName = sample
  ) -> JSON {
    [
      "operation": .string(operation), "time": "2026-01-01T00:00:00Z", "number": 1,
      "subject": [
        "namespace": .string(account.namespace), "serviceAccount": .string(account.name),
      ],
    ]
  }

  @Test("a node is waited for until its watch says that it is Ready")
  func node() async throws {
    let (changes, change) = AsyncStream<JSON>.makeStream()
    let server = try SeedServer { call in
      guard call.hasPrefix(Self.nodes) else { return nil }
      guard call.contains("watch=true") else { return Self.list([["status": [:]]]) }
      for status in [[:], Self.ready] as [JSON] {
        change.yield(["type": "MODIFIED", "object": ["status": status]])
      }
      return Self.lines(changes)
    }
    let (info, access) = try server.stack()
    await NodeReadiness(kubernetes: try access.kubernetes(info), node: "l").wait(.seconds(3600))
    #expect(
      server.calls.map { $0.contains("fieldSelector=metadata.name%3Dl") } == [true, true])
    change.finish()
    await server.stop()
  }

  @Test("a node that is Ready already is not watched, and one that never is, no longer than told")
  func nodeNow() async throws {
    let items = Mutex<[JSON]>([["status": Self.ready]])
    let server = try SeedServer { _ in Self.list(items.withLock { $0 }) }
    let (info, access) = try server.stack()
    let readiness = NodeReadiness(kubernetes: try access.kubernetes(info), node: "l")
    await readiness.wait(.seconds(3600))
    #expect(server.calls.count == 1)
    items.withLock { $0 = [] }
    await readiness.wait(.zero)
    await server.stop()
  }

  @Test("where a server went away, the pod is the one of its next list, or made anew if none is")
  func pod() async throws {
    for isThere in [true, false] {
      let posts = Mutex(0)
      let server = try SeedServer { call in
        guard !call.hasPrefix("POST ") else {
          let isFirst = posts.withLock { posts in
            posts += 1
            return posts == 1
          }
          guard !isFirst else { return HTTPResponse(status: 500, body: .reset) }
          return .json(201, ["metadata": ["name": "made", "namespace": "n"]])
        }
        let isMade = isThere || posts.withLock { $0 } > 1
        let name = isThere ? "there" : "made"
        return Self.list(
          isMade
            ? [["metadata": ["name": .string(name), "namespace": "n"], "status": Self.ready]] : [])
      }
      let (info, access) = try server.stack()
      let session = try await PodSession.open(Self.sample, pod: nil, stack: info, access)
      #expect(session.name == (isThere ? "there" : "made") && session.isOwn)
      #expect(posts.withLock { $0 } == (isThere ? 1 : 2))
      await server.stop()
    }
  }

  @Test(
    "of the events those count that tell what the controller did about an account",
    arguments: [
      (event(), true), (event("Authenticate"), false),
      (event("AnnotationAssociation", AccountName(namespace: "n", name: "b")), false),
      (event("AnnotationAssociation", AccountName(namespace: "o", name: "a")), false),
    ])
  func concerns(event: JSON, isOne: Bool) {
    let accounts = [AccountName(namespace: "m", name: "x"), Self.sample]
    #expect(AnnotationFollower(admins: [], accounts: accounts).concerns(event) == isOne)
  }

  @Test("an association is looked for once the controller is followed, and after its events")
  func looks() async throws {
    let (events, event) = AsyncStream<JSON>.makeStream()
    let server = try SeedServer { $0.hasPrefix(Self.follow) ? Self.lines(events) : nil }
    let (info, access) = try server.stack()
    let follower = AnnotationFollower(admins: access.admins(info), accounts: [Self.sample])
    var looks = follower.looks(within: .seconds(3600)).makeAsyncIterator()
    #expect(await looks.next() != nil)
    event.yield(Self.event())
    #expect(await looks.next() != nil)
    #expect(server.calls.count == 1)
    // It ends with its time, whatever is told.
    for await _ in follower.looks(within: .zero) {}
    event.finish()
    await server.stop()
  }

  @Test("a seed is applied once the annotated account has its association")
  func seed() async throws {
    let (events, event) = AsyncStream<JSON>.makeStream()
    let looks = Mutex(0)
    let server = try SeedServer { call in
      if call.hasPrefix(Self.follow) { return Self.lines(events) }
      if call.hasPrefix("GET /clusters/local/pod-identity-associations?") {
        let count = looks.withLock { looks in
          looks += 1
          return looks
        }
        // The controller is at work right after somebody looked in vain.
        if count == 1 { event.yield(Self.event()) }
        return .json(200, ["associations": .array(count == 1 ? [] : [["associationId": "a-1"]])])
      }
      return call.hasPrefix("POST ")
        ? .json(201, ["metadata": [:]]) : .json(404, ["kind": "Status", "message": "not found"])
    }
    let manifest = """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: a
        namespace: "n"
        annotations: {pod-identity.eks.amazonaws.com/role: r}
      """
    let report = try await server.apply(
      ["kubernetes/a.yaml": manifest], patience: .seconds(3600))
    #expect(report.count == 1)
    #expect(looks.withLock { $0 } == 2)
    event.finish()
    await server.stop()
  }

  @Test("an annotated account whose role is refused keeps no other from being looked for")
  func refused() async throws {
    let server = try SeedServer { call in
      if call.hasPrefix("GET /clusters/local/pod-identity-associations?") {
        return .json(
          200, ["associations": .array(call.contains("=z") ? [] : [["associationId": "a-1"]])])
      }
      return call.hasPrefix("POST ")
        ? .json(201, ["metadata": [:]]) : .json(404, ["kind": "Status", "message": "not found"])
    }
    func manifest(_ name: String) -> String {
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: \(name)
        namespace: app
        annotations: {pod-identity.eks.amazonaws.com/role: r}
      """
    }
    let report = try await server.apply(
      ["kubernetes/a.yaml": manifest("a"), "kubernetes/z.yaml": manifest("z")],
      patience: .milliseconds(20))
    #expect(report.count == 2)
    for name in ["a", "z"] {
      #expect(server.calls.contains { $0.contains("associations?") && $0.contains("=\(name)") })
    }
    await server.stop()
  }
}
