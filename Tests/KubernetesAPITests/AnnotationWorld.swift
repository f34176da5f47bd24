import JSON
import Platform
import Synchronization

@testable import KubernetesAPI

/// A controller of annotations over tables: of objects, and of associations.
struct AnnotationWorld: Sendable {
  static let owner = "arn:aws:eks:owner/"

  let objects = ObjectTable()
  let associations = AssociationTable()
  let events = EventLog(service: "t")
  let controller: AnnotationController
  private let lines = WrittenLines()

  init() {
    let log = Log(service: "t", level: .warning) { [lines] in lines.append($0) }
    controller = AnnotationController(
      objects: objects, associations: associations, ownerPrefix: Self.owner,
      recorder: EventRecorder(
        objects: objects, component: "c", clock: ManualClock(), log: .none),
      events: events, log: log)
  }

  /// The messages of the log.
  var logged: [String] { lines.messages }

  /// An account as the watch shows it; `more` are members of its metadata.
  static func account(
    _ name: String, role: String?, _ more: JSONObject = [:]
  ) -> JSON {
    var metadata = more
    metadata["name"] = .string(name)
    metadata["namespace"] = "n"
    metadata["uid"] = .string("u-\(name)")
    if let role {
      metadata["annotations"] = ["pod-identity.eks.amazonaws.com/role": .string(role)]
    }
    return ["kind": "ServiceAccount", "apiVersion": "v1", "metadata": .object(metadata)]
  }

  /// Shows the controller an account; whether that is something to do.
  @discardableResult
  func set(_ name: String, role: String?, _ more: JSONObject = [:]) async -> Bool {
    await controller.note(.set(Self.account(name, role: role, more)))
  }

  /// The calls of one pass.
  func pass() async -> [String] {
    await controller.work()
    return associations.calls()
  }

  /// The Events about accounts, as `reason: message`, sorted.
  func recorded() async -> [String] {
    await objects.objects(.events).map {
      "\($0["type"]?.string ?? "") \($0["reason"]?.string ?? ""): \($0["message"]?.string ?? "")"
    }.sorted()
  }
}

/// The lines that were written to a log.
private final class WrittenLines: Sendable {
  private let lines = Mutex<[JSON]>([])

  func append(_ line: [UInt8]) {
    guard let json = try? JSON.parse(line) else { return }
    lines.withLock { $0.append(json) }
  }

  var messages: [String] { lines.withLock { $0.compactMap { $0["message"]?.string } } }
}
