import Platform
import Synchronization

@testable import PodAdmission

/// EKS's associations in a table, with the calls that were made.
final class AssociationTable: Associations {
  private struct State {
    var kept: [PodIdentityAssociation] = []
    var calls: [String] = []
    var failures: [String: AssociationsAPI.Failure] = [:]
    var made = 0
    var follower: AsyncStream<Void>.Continuation?
  }
  private let state = Mutex(State())

  /// The associations, as `id namespace/account role`.
  var kept: [String] {
    state.withLock {
      $0.kept.map { "\($0.id) \($0.namespace)/\($0.account) \($0.roleARN ?? "")" }
    }
  }

  /// The calls since they were last asked for.
  func calls() -> [String] {
    state.withLock { state in
      defer { state.calls = [] }
      return state.calls
    }
  }

  /// Puts an association there, as somebody does through the EKS API.
  func put(
    _ id: String, _ namespace: String, _ account: String, role: String, owner: String? = nil
  ) {
    state.withLock {
      $0.kept.append(
        PodIdentityAssociation(
          id: id, namespace: namespace, account: account, roleARN: role, ownerARN: owner))
    }
  }

  /// Takes an association away behind everybody's back.
  func drop(_ id: String) { state.withLock { $0.kept.removeAll { $0.id == id } } }

  /// Makes calls that begin like this fail; nil ends it.
  func fail(_ call: String, _ failure: AssociationsAPI.Failure?) {
    state.withLock { $0.failures[call] = failure }
  }

  /// A sign for each change.
  var changes: AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    state.withLock { $0.follower = continuation }
    return stream
  }

  private func call<Result>(
    _ call: String, _ body: (inout State) throws(AssociationsAPI.Failure) -> Result
  ) throws(AssociationsAPI.Failure) -> Result {
    let result = state.withLock { state -> Swift.Result<Result, AssociationsAPI.Failure> in
      state.calls.append(call)
      for (start, failure) in state.failures where call.hasPrefix(start) {
        return .failure(failure)
      }
      do throws(AssociationsAPI.Failure) {
        return .success(try body(&state))
      } catch { return .failure(error) }
    }
    let follower = call.hasPrefix("list") ? nil : state.withLock { $0.follower }
    follower?.yield()
    return try result.get()
  }

  private static func summary(_ association: PodIdentityAssociation) -> PodIdentityAssociation {
    var association = association
    association.roleARN = nil
    return association
  }

  private static func place(
    _ id: String, in state: State
  ) throws(AssociationsAPI.Failure) -> Int {
    guard let place = state.kept.firstIndex(where: { $0.id == id }) else {
      throw .refused(code: "ResourceNotFoundException", message: id)
    }
    return place
  }

  func list() async throws(AssociationsAPI.Failure) -> [PodIdentityAssociation] {
    try call("list") { $0.kept.map(Self.summary) }
  }

  func list(
    namespace: String, account: String
  ) async throws(AssociationsAPI.Failure) -> [PodIdentityAssociation] {
    try call("list \(namespace)/\(account)") { state in
      state.kept.filter { $0.namespace == namespace && $0.account == account }.map(Self.summary)
    }
  }

  func describe(id: String) async throws(AssociationsAPI.Failure) -> PodIdentityAssociation {
    try call("describe \(id)") { state throws(AssociationsAPI.Failure) in
      state.kept[try Self.place(id, in: state)]
    }
  }

  func create(
    namespace: String, account: String, roleARN: String, ownerARN: String
  ) async throws(AssociationsAPI.Failure) -> PodIdentityAssociation {
    try call("create \(namespace)/\(account) \(roleARN) \(ownerARN)") { state in
      state.made += 1
      let association = PodIdentityAssociation(
        id: "a-\(state.made)", namespace: namespace, account: account, roleARN: roleARN,
        ownerARN: ownerARN)
      state.kept.append(association)
      return association
    }
  }

  func update(
    id: String, roleARN: String
  ) async throws(AssociationsAPI.Failure) -> PodIdentityAssociation {
    try call("update \(id) \(roleARN)") { state throws(AssociationsAPI.Failure) in
      let place = try Self.place(id, in: state)
      state.kept[place].roleARN = roleARN
      return state.kept[place]
    }
  }

  func delete(id: String) async throws(AssociationsAPI.Failure) {
    try call("delete \(id)") { state throws(AssociationsAPI.Failure) in
      _ = state.kept.remove(at: try Self.place(id, in: state))
    }
  }
}
