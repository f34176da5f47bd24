import HTTP
import JSON
import Kubelet
import KubernetesClient
import Platform
import Testing

@testable import CommandCore
@testable import PodIdentityCLI

/// How `podid pod` comes by its Pod object, whatever is there before.
@Suite(.timeLimit(.minutes(10))) struct HeldPodSettleTests {
  private static let path = "/api/v1/namespaces/default/pods"

  /// A pod that is there.
  private static func pod(holder: String?, account: String = "app") -> JSON {
    var annotations = JSONObject()
    annotations[PodWorker.holderAnnotation] = holder.map(JSON.string)
    return [
      "metadata": ["name": "web", "uid": "u", "annotations": .object(annotations)],
      "spec": ["serviceAccountName": .string(account)],
    ]
  }

  /// What a settling comes to, with the calls that change something.
  private func settle(
    get: HTTPResponse?, post: HTTPResponse? = .json(201, ["metadata": ["uid": "new"]]),
    name: String? = "web", holder: String = "/pod"
  ) async throws -> (outcome: String, writes: [String]) {
    let held = HeldPod(
      account: AccountName(namespace: "default", name: "app"), name: name, node: "n",
      folder: holder)
    let stack = try StandInStack { call in
      if call == "GET \(held.path)" { return get }
      if call.hasPrefix("POST \(Self.path) ") { return post }
      return call.hasPrefix("DELETE ") ? .json(200, [:]) : nil
    }
    let context = try CommandContext.of(.pod, [], stack.environment.byBytes)
    let client = try context.kubernetes(context.stack())
    let outcome: String
    do throws(CommandFailure) {
      switch try await held.settle(client) {
      case .made(let pod): outcome = "made \(pod.at("metadata", "uid")?.string ?? "")"
      case .adopted(let pod): outcome = "adopted \(pod.at("metadata", "uid")?.string ?? "")"
      case .notYet(let reason): outcome = "not yet: \(reason)"
      }
    } catch { outcome = "\(error)" }
    return (outcome, stack.writes.map { String($0.prefix { $0 != " " }) })
  }

  private static func refusal(_ code: Int) -> HTTPResponse {
    .json(
      code, ["kind": "Status", "code": .integer(Int64(code)), "message": .string("no \(code)")])
  }

  @Test("where there is none it is made, with what may be tried again told apart from what may not")
  func makes() async throws {
    for (get, post, outcome, writes) in [
      (nil, .json(201, ["metadata": ["uid": "new"]]), "made new", ["POST"]),
      (nil, Self.refusal(403), "not yet: no 403", ["POST"]),
      (nil, Self.refusal(409), "not yet: no 409", ["POST"]),
      (nil, Self.refusal(500), "not yet: no 500", ["POST"]),
      (nil, Self.refusal(400), "no 400", ["POST"]), (nil, Self.refusal(422), "no 422", ["POST"]),
      (Self.refusal(503), nil, "not yet: no 503", []),
      (Self.refusal(403), nil, "not yet: no 403", []),
    ] as [(HTTPResponse?, HTTPResponse?, String, [String])] {
      let found = try await settle(get: get, post: post)
      #expect(found.outcome == outcome && found.writes == writes)
    }
  }

  @Test(
    "one that was made before is adopted, made anew for another account, and never a stranger's")
  func adopts() async throws {
    let own = "\(HeldPod.hostName()):/pod"
    let unnamed = "app-\(HeldPod.label(HeldPod.hostName()))"
    for (pod, name, outcome, writes) in [
      (Self.pod(holder: own), "web", "adopted u", []),
      (Self.pod(holder: own), nil, "adopted u", []),
      (Self.pod(holder: "other:/pod"), "web", "adopted u", []),
      (
        Self.pod(holder: "other:/pod"), nil,
        "pod default/\(unnamed) is held by other:/pod; --name gives this one another name", []
      ),
      (
        Self.pod(holder: nil), "web",
        "pod default/web is there already, and podid pod does not hold it", []
      ),
      (Self.pod(holder: own, account: "old"), "web", "made new", ["DELETE", "POST"]),
    ] as [(JSON, String?, String, [String])] {
      let found = try await settle(get: .json(200, pod), name: name)
      #expect(found.outcome == outcome && found.writes == writes)
    }
  }
}
