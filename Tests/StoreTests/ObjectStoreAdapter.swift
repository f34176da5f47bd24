import JSON

@testable import KubernetesAPI

/// kubernetes-api's objects: ConfigMaps of one namespace.
struct ObjectStoreAdapter: ConformingStore {
  private let store: ObjectStore
  /// Nil in memory.
  private let database: DatabaseFile?

  init(path: String) async throws {
    store = try await ObjectStore(path: path)
    database = path == ":memory:" ? nil : DatabaseFile(path: path)
  }

  private func place(_ name: String) -> ObjectPlace {
    ObjectPlace(namespace: "default", name: name)
  }

  /// Changes an object; false where `edit` has no object for what there is.
  private func change(
    _ name: String, _ edit: @escaping @Sendable (String?) -> String?
  ) async throws -> Bool {
    struct Unfit: Error {}
    do throws(StatusError) {
      _ = try await store.change(.configMaps, place(name)) { old throws(StatusError) in
        guard let text = edit(old?.json.at("data", "text")?.string) else {
          throw .notFound(.configMaps, name)
        }
        return .store([
          "metadata": ["name": .string(name), "namespace": "default"],
          "data": ["text": .string(text)],
        ])
      }
      return true
    } catch {
      if error.code == 404 { return false }
      throw error
    }
  }

  func create(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { $0 == nil ? text : nil }
  }

  func read(_ name: String) async throws -> String? {
    store.object(.configMaps, place(name))?.json.at("data", "text")?.string
  }

  func update(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { $0.map { _ in text } }
  }

  func append(_ name: String, _ text: String) async throws -> Bool {
    try await change(name) { $0.map { $0 + text } }
  }

  func delete(_ name: String) async throws -> Bool {
    try await store.change(.configMaps, place(name)) { _ in .remove } != nil
  }

  func names() async throws -> [String] {
    store.list(.configMaps, namespace: "default").objects.map(\.name)
  }

  func changes() async throws -> AsyncStream<String>? {
    guard let changes = store.follow(.configMaps, after: nil)?.changes else { return nil }
    let (names, continuation) = AsyncStream<String>.makeStream()
    let task = Task {
      for await change in changes {
        continuation.yield((change.after ?? change.before)?.name ?? "")
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return names
  }

  func reset() async throws { try await store.reset() }

  func close() async { await store.close() }

  func breakWrites(of names: [String]) async throws -> (@Sendable () async throws -> Void)? {
    guard let database else {
      await store.close()
      return nil
    }
    return try await database.breakCommits(with: ["UPDATE ON counter"])
  }

  func traces() async throws -> [String] {
    try await database?.rows([
      ("objects", ["resource", "namespace", "name", "revision", "object"]),
      ("counter", ["revision"]),
    ]) ?? []
  }
}

extension StoreKind {
  static let objects = StoreKind(name: "objects", order: .bytes, exceptions: [:]) {
    try await ObjectStoreAdapter(path: "\($0)/kubernetes.db")
  }
  static let objectsInMemory = objects.inMemory { try await ObjectStoreAdapter(path: ":memory:") }
}
