import JSON
import Platform
import TestSupport
import Testing

@testable import KubernetesAPI

@Suite struct ClusterTests {
  private func cluster(path: String = ":memory:") async throws -> Cluster {
    let cluster = Cluster(
      store: try await ObjectStore(path: path), clock: ManualClock(), randomness: .seeded(3))
    for name in ["default", "kube-system"]
    where cluster.store.object(.namespaces, ObjectPlace(namespace: "", name: name)) == nil {
      _ = try await cluster.create(
        ResourceKind.namespaces, ["metadata": ["name": .string(name)]], namespace: "")
    }
    return cluster
  }

  private let accounts = ResourceKind.serviceAccounts
  private func place(_ name: String) -> ObjectPlace {
    ObjectPlace(namespace: "default", name: name)
  }

  @Test("every kind is found by its names")
  func kinds() {
    for kind in ResourceKind.all {
      #expect(ResourceKind.named(kind.qualifiedName) == kind)
      #expect(ResourceKind.named(kind.name, group: kind.group, version: kind.version) == kind)
      #expect(ResourceKind.of(apiVersion: kind.apiVersion, kind: kind.kind) == kind)
      #expect(ResourceKind.named(kind.name, group: kind.group, version: "v0") == nil)
      #expect(kind.schema.fields(of: kind.kind) != nil)
    }
  }

  @Test("an object gets uid, time and a growing revision; the same change again changes nothing")
  func lifecycle() async throws {
    let cluster = try await cluster()
    let made = try await cluster.create(
      accounts, ["metadata": ["name": "a"]], namespace: "default")
    #expect(made.json.objectUID.utf8.count == 36)
    let same = try await cluster.update(accounts, place("a")) { $0.json.object ?? [:] }
    #expect(same.revision == made.revision)
    let changed = try await cluster.update(accounts, place("a")) { old throws(StatusError) in
      MergePatch.apply(["metadata": ["labels": ["x": "y"]]], to: old.json).object ?? [:]
    }
    #expect(changed.revision == made.revision + 1)
    #expect(changed.json.objectUID == made.json.objectUID)
    let stale = made.json.object ?? [:]
    let error = await #expect(throws: StatusError.self) {
      try await cluster.update(self.accounts, self.place("a")) { _ in stale }
    }
    #expect(error?.code == 409 && error?.reason == "Conflict")
  }

  @Test("refusals have upstream's texts")
  func refusals() async throws {
    let cluster = try await cluster()
    let cases: [(JSONObject, String, Int, String)] = [
      (["metadata": ["name": "Bad_"]], "default", 422, "a lowercase RFC 1123 subdomain"),
      ([:], "default", 422, "name or generateName is required"),
      (["metadata": ["name": "a"]], "nope", 404, "namespaces \"nope\" not found"),
      (
        ["metadata": ["name": "a", "namespace": "other"]], "default", 400,
        "does not match the namespace sent on the request"
      ),
      (
        ["metadata": ["name": "a", "labels": ["k": "-"]]], "default", 422, "a valid label must be"
      ),
      (
        ["metadata": ["name": "a", "finalizers": ["nodomain"]]], "default", 422,
        "neither a standard finalizer name nor is it fully qualified"
      ),
      (
        ["metadata": ["name": "a", "resourceVersion": "5"]], "default", 500,
        "resourceVersion should not be set on objects to be created"
      ),
    ]
    for (object, namespace, code, text) in cases {
      let error = await #expect(throws: StatusError.self) {
        try await cluster.create(self.accounts, object, namespace: namespace)
      }
      #expect(
        error?.code == code && error?.message.contains(text) == true, "\(String(describing: error))"
      )
    }
    _ = try await cluster.create(accounts, ["metadata": ["name": "a"]], namespace: "default")
    let twice = await #expect(throws: StatusError.self) {
      try await cluster.create(
        self.accounts, ["metadata": ["name": "a"]], namespace: "default")
    }
    #expect(twice?.message == "serviceaccounts \"a\" already exists")
  }

  @Test("finalizers hold an object until the last one goes")
  func finalizers() async throws {
    let cluster = try await cluster()
    _ = try await cluster.create(
      accounts, ["metadata": ["name": "a", "finalizers": ["x.io/f"]]], namespace: "default")
    let marked = try await cluster.delete(accounts, place("a"))
    #expect(marked.json.isBeingDeleted)
    #expect(cluster.store.object(.serviceAccounts, place("a")) != nil)
    _ = try await cluster.update(accounts, place("a")) { old throws(StatusError) in
      MergePatch.apply(["metadata": ["finalizers": .null]], to: old.json).object ?? [:]
    }
    #expect(cluster.store.object(.serviceAccounts, place("a")) == nil)
  }

  @Test("a namespace goes with what is in it; the first ones stay")
  func namespaces() async throws {
    let cluster = try await cluster()
    let kind = ResourceKind.namespaces
    _ = try await cluster.create(kind, ["metadata": ["name": "n"]], namespace: "")
    _ = try await cluster.create(accounts, ["metadata": ["name": "a"]], namespace: "n")
    _ = try await cluster.delete(kind, ObjectPlace(namespace: "", name: "n"))
    #expect(cluster.store.object(.namespaces, ObjectPlace(namespace: "", name: "n")) == nil)
    #expect(cluster.store.list(.serviceAccounts, namespace: "n").objects.isEmpty)
    let error = await #expect(throws: StatusError.self) {
      try await cluster.delete(kind, ObjectPlace(namespace: "", name: "default"))
    }
    #expect(error?.code == 403)
  }

  @Test("a dry run changes nothing")
  func dryRun() async throws {
    let cluster = try await cluster()
    let before = cluster.store.revision
    _ = try await cluster.create(
      accounts, ["metadata": ["name": "a"]], namespace: "default", isDryRun: true)
    #expect(cluster.store.revision == before)
    #expect(cluster.store.object(.serviceAccounts, place("a")) == nil)
  }

  @Test("objects, uids and revisions survive a restart; old watches must list anew")
  func restart() async throws {
    let path = Scratch.path(".db")
    let first = try await cluster(path: path)
    let made = try await first.create(
      accounts, ["metadata": ["name": "a"]], namespace: "default")
    let revision = first.store.revision
    await first.store.close()
    let second = try await cluster(path: path)
    #expect(second.store.object(.serviceAccounts, place("a"))?.json == made.json)
    #expect(second.store.revision == revision)
    #expect(second.store.follow(.serviceAccounts, after: revision - 1) == nil)
    #expect(second.store.follow(.serviceAccounts, after: revision) != nil)
  }

  @Test("a follower sees each change once, in order, whatever selector turns it into")
  func watch() async throws {
    let cluster = try await cluster()
    let start = cluster.store.revision
    for labels in [["x": "1"], ["x": "2"], ["x": "1"]] as [JSONObject] {
      if cluster.store.object(.serviceAccounts, place("a")) == nil {
        _ = try await cluster.create(
          accounts, ["metadata": ["name": "a", "labels": .object(labels)]], namespace: "default")
      } else {
        _ = try await cluster.update(accounts, place("a")) { old throws(StatusError) in
          MergePatch.apply(["metadata": ["labels": .object(labels)]], to: old.json).object ?? [:]
        }
      }
    }
    _ = try await cluster.delete(accounts, place("a"))
    let lines = WatchLines(
      kind: accounts,
      filter: ObjectFilter(
        namespace: "default", labels: try LabelSelector("x=1"), fields: nil),
      form: .object, includes: nil, clock: ManualClock())
    let followed = try #require(cluster.store.follow(.serviceAccounts, after: start))
    var types: [String] = []
    for await change in followed.changes {
      if let line = lines.line(change) {
        types.append(try JSON.parse(line)["type"]?.string ?? "")
      }
      if change.after == nil { break }
    }
    #expect(types == ["ADDED", "DELETED", "ADDED", "DELETED"])
  }

  // A change that was told under the store's lock waited for a reader whose canceller waited for
  // that lock: all watches and writes stood still.
  @Test(
    "followers that are cancelled while changes are told hold nobody up", .timeLimit(.minutes(10)))
  func cancelledFollowers() async throws {
    let cluster = try await cluster()
    let store = cluster.store
    let writer = Task {
      for number in 0..<1500 {
        _ = try await store.change(.serviceAccounts, place("a")) { _ in
          .store(["metadata": ["name": "a", "namespace": "default", "n": .string("\(number)")]])
        }
      }
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<1500 {
            guard let followed = store.follow(.serviceAccounts, after: nil) else { return }
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let reader = Task {
              begin.finish()
              for await _ in followed.changes {}
            }
            for await _ in begun {}
            reader.cancel()
          }
        }
      }
    }
    try await writer.value
    #expect(store.object(.serviceAccounts, place("a"))?.json["metadata"]?["n"] == "1499")
  }
}
