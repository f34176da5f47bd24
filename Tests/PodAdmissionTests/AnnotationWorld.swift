import JSON
import Platform
import Synchronization

@testable import PodAdmission

/// A controller of annotations over tables: of objects, and of associations.
struct AnnotationWorld: Sendable {
  static let owner = "arn:aws:eks:owner/"

  let accounts = AccountTable()
  let associations = AssociationTable()
  let events = EventLog(service: "t")
  let controller: AnnotationController
  private let lines = WrittenLines()

  init() {
    let log = Log(service: "t", level: .warning) { [lines] in lines.append($0) }
    controller = AnnotationController(
      source: accounts, associations: associations, ownerPrefix: Self.owner, events: events,
      log: log)
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

  /// What accounts were told, as `kind reason: message`, each once, sorted.
  func recorded() -> [String] { Set(accounts.told).sorted() }
}

/// ServiceAccounts that a test puts there, with what they were told.
final class AccountTable: ServiceAccountSource {
  private let remarks = Mutex<[String]>([])
  private let changes: AsyncStream<ServiceAccountChange>
  private let change: AsyncStream<ServiceAccountChange>.Continuation

  init() { (changes, change) = AsyncStream<ServiceAccountChange>.makeStream() }

  var told: [String] { remarks.withLock { $0 } }

  func put(_ account: JSON) { change.yield(.set(account)) }

  func follow(_ note: @Sendable (ServiceAccountChange) async -> Void) async {
    for await change in changes { await note(change) }
  }

  func tell(_ remark: AccountRemark, about account: JSON) async {
    let kind = remark.isWarning ? "Warning" : "Normal"
    remarks.withLock { $0.append("\(kind) \(remark.reason): \(remark.message)") }
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
