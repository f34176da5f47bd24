import Platform
import TestSupport
import Testing

/// A kind of store: how it is opened, and which promises it does not make.
struct StoreKind: Sendable {
  /// In which order its lists are.
  enum Order: Sendable {
    /// By the bytes of the names.
    case bytes
    /// As the things were made.
    case age
  }

  let name: String
  let order: Order
  /// Promises that it does not make, each with the reason.
  let exceptions: [StorePromise: String]
  /// Whether what it has is in files.
  var isKept = true
  /// Opens what is kept in a folder.
  let open: @Sendable (_ folder: String) async throws -> any ConformingStore

  /// The same store in memory, opened as `open` says.
  func inMemory(
    except more: [StorePromise: String] = [:],
    open: @escaping @Sendable () async throws -> any ConformingStore
  ) -> StoreKind {
    let own: [StorePromise: String] = [
      .survivesRestart: "it is in memory", .survivesKill: "it is in memory",
    ]
    return StoreKind(
      name: "\(name) in memory", order: order,
      exceptions: exceptions.merging(own) { $1 }.merging(more) { $1 }, isKept: false
    ) { _ in try await open() }
  }
}

/// A store that the promises are tried on.
struct StoreCase: Sendable, CustomTestStringConvertible {
  let kind: StoreKind
  /// Whether it was opened, used and closed before.
  let isReopened: Bool

  var testDescription: String { kind.name + (isReopened ? ", reopened" : "") }

  /// All stores.
  static let all = kinds.flatMap { kind in
    [StoreCase(kind: kind, isReopened: false)]
      + (kind.isKept ? [StoreCase(kind: kind, isReopened: true)] : [])
  }

  private static let kinds = [
    StoreKind.objects, .objectsInMemory, .roles, .rolesInMemory, .rolePolicies,
    .rolePoliciesInMemory, .associations, .associationsInMemory, .providers, .providersInMemory,
    .s3Objects, .faults, .faultsInMemory, .register,
  ]

  /// A trial on a new store.
  func makeTrial() async throws -> StoreTrial {
    let folder = try Scratch.folder()
    var store = try await kind.open(folder)
    if isReopened {
      for name in ["first", "second"] { _ = try await store.create(name, "text") }
      for name in ["first", "second"] { _ = try await store.delete(name) }
      await store.close()
      store = try await kind.open(folder)
    }
    return StoreTrial(kind: kind, folder: folder, store: store)
  }

  /// What is wrong with a promise: where the store makes it, how it is broken; where it does not, that
  /// it holds all the same.
  func problems(with promise: StorePromise) async throws -> [String] {
    var trial = try await makeTrial()
    var failure: (any Error)?
    do { try await promise.run(&trial) } catch { failure = error }
    await trial.store.close()
    let problems = trial.problems + (failure.map { ["it throws \($0)"] } ?? [])
    guard let reason = kind.exceptions[promise] else { return problems }
    return problems.isEmpty ? ["it makes the promise; the exception is not true: \(reason)"] : []
  }
}
