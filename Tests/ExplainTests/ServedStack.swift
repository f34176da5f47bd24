import HTTP
import JSON
import KubernetesClient
import Platform
import Synchronization
import TestSupport

@testable import CommandCore
@testable import Explain

/// Connections of tests, which live as long as the tests do.
enum SampleLoops {
  static let shared = EventLoops(count: 1)
}

/// What servers were asked.
final class Asked: Sendable {
  private let list = Mutex<[String]>([])

  /// All of it, in its order.
  var all: [String] { list.withLock { $0 } }

  func note(_ key: String) { list.withLock { $0.append(key) } }
}

/// The servers of a stack as `podid explain` sees them: what a test lays down is there, and nothing
/// else.
struct ServedStack: Sendable {
  static let annotation = "pod-identity.eks.amazonaws.com/role"
  private static let associations = "/clusters/local/pod-identity-associations"

  /// Answers by method and target, such as `GET /api/v1/namespaces/default`.
  var answers: [String: JSON] = [:]
  /// Those of once the events of a server are followed.
  var laterAnswers: [String: JSON] = [:]
  /// Statuses of those that are refused.
  var statuses: [String: Int] = [:]
  /// What each server tells of, by its name.
  var events: [String: [JSON]] = [:]
  var roles: [RoleLookup] = []
  /// Who STS says that a caller is.
  var caller = ""
  /// The requests that came, as `answers` names them.
  let asked = Asked()
  /// Other members of the stack file.
  var file: JSONObject = [:]
  /// Whether its servers are this machine's processes.
  var isOwn = true

  /// Lays an object of the account's namespace down.
  mutating func put(
    _ resource: String, _ name: String, _ object: JSON, in namespace: String = "default"
  ) {
    answers["GET \(ObjectPath.core(resource, in: namespace, name))"] = object
  }

  /// Lays the namespace and the account down, with annotations.
  mutating func putAccount(_ annotations: JSONObject = [:]) {
    answers["GET /api/v1/namespaces/default"] = ["metadata": ["name": "default"]]
    put(
      "serviceaccounts", "app",
      ["metadata": ["name": "app", "annotations": .object(annotations)]])
  }

  /// Lays a list of named objects down.
  mutating func putList(_ path: String, _ names: [(namespace: String, name: String)]) {
    answers["GET \(path)"] = [
      "items": .array(
        names.map {
          ["metadata": ["namespace": .string($0.namespace), "name": .string($0.name)]]
        })
    ]
  }

  /// Lays an association down, found by its account and by its id.
  mutating func putAssociation(
    _ members: JSONObject, id: String = "a-1", namespace: String = "default",
    account: String = "app", cluster: String = "local", isListed: Bool = true
  ) {
    let path = "/clusters/\(cluster)/pod-identity-associations"
    let summary: JSON = [
      "associationId": .string(id), "namespace": .string(namespace),
      "serviceAccount": .string(account),
    ]
    if isListed {
      answers["GET \(path)?namespace=\(namespace)&serviceAccount=\(account)"] = [
        "associations": [summary]
      ]
    }
    let before = answers["GET \(path)?maxResults=100"]?["associations"]?.array ?? []
    answers["GET \(path)?maxResults=100"] = ["associations": .array(before + [summary])]
    var whole = members
    whole["associationId"] = .string(id)
    answers["GET \(path)/\(id)"] = ["association": .object(whole)]
  }

  private func answer(to request: HTTPRequest) -> HTTPResponse {
    let key = "\(request.method) \(request.target)"
    asked.note(key)
    if let status = statuses[key] {
      return .json(
        status, answers[key] ?? ["message": "refused", "code": .integer(Int64(status))])
    }
    if let json = laterAnswers[key], asked.all.contains(where: { $0.contains("follow=1") }) {
      return .json(200, json)
    }
    if let json = answers[key] { return .json(200, json) }
    let parts = request.rawPath.split(separator: "/").map(String.init)
    if parts.last == "events", parts.count == 2 {
      return .text(200, (events[parts[0]] ?? []).map { $0.text() + "\n" }.joined())
    }
    if request.target == "/" { return iam(String(decoding: request.body, as: UTF8.self)) }
    if request.rawPath == Self.associations { return .json(200, ["associations": []]) }
    return .json(
      404, ["kind": "Status", "reason": "NotFound", "code": 404, "message": "it is not found"])
  }

  /// The role store, as much of it as is read.
  private func iam(_ form: String) -> HTTPResponse {
    func value(_ name: String) -> String? {
      form.split(separator: "&").first { $0.hasPrefix("\(name)=") }
        .map { String($0.dropFirst(name.count + 1)) }
    }
    func encoded(_ json: JSON) -> String { PercentEncoding.encode(json.text()) }
    func document(_ role: RoleLookup) -> String {
      "<Arn>\(role.arn)</Arn><RoleId>\(role.id)</RoleId><AssumeRolePolicyDocument>"
        + "\(encoded(role.trustJSON))</AssumeRolePolicyDocument>"
    }
    let role = roles.first { $0.name == value("RoleName") }
    switch (value("Action"), role) {
    case ("GetCallerIdentity", _): return .text(200, "<R><Arn>\(caller)</Arn></R>")
    case ("ListRoles", _): return .text(200, "<R>\(roles.map(document).joined())</R>")
    case ("GetRole", let role?):
      let tags = role.tags.map { "<Key>\($0.key)</Key><Value>\($0.value)</Value>" }.joined()
      return .text(200, "<R>\(document(role))\(tags)</R>")
    case ("ListRolePolicies", let role?):
      let names = role.inline.map { "<member>\($0.name)</member>" }.joined()
      return .text(200, "<R>\(names)</R>")
    case ("GetRolePolicy", let role?):
      let policy = role.inline.first { $0.name == value("PolicyName") }
      return .text(
        200, "<R><PolicyDocument>\(encoded(policy?.json ?? .null))</PolicyDocument></R>")
    default: return .text(404, "<R><Error><Code>NoSuchEntity</Code></Error></R>")
    }
  }

  /// Serves it while a walk for an account is made.
  func walk<Result>(
    _ account: AccountName = Sample.account, pod: String? = nil,
    _ body: (inout Explainer) async throws -> Result
  ) async throws -> Result {
    let answers = self
    let server = HTTPServer(
      HTTPServerConfiguration(listen: [HostPort(host: "127.0.0.1", port: 0)]),
      loops: SampleLoops.shared, handler: ClosureHandler { answers.answer(to: $0) })
    try server.start()
    let url = server.urls[0]
    let path = "\(try Scratch.folder())/kubeconfig"
    let config: JSON = [
      "current-context": "c",
      "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
      "clusters": [["name": "c", "cluster": ["server": .string(url)]]],
      "users": [["name": "c", "user": ["token": "t"]]],
    ]
    try SafeFile.write(config.bytes(), to: path)
    var members: JSONObject = [
      "kubernetes": [
        "kubeconfig": .string(path), "admin": .string("\(url)/kubernetes-api"),
      ],
      "aws": ["url": .string(url), "admin": .string("\(url)/aws-api")],
      "agent": [
        "url": .string("\(url)/v1/credentials"), "admin": .string("\(url)/node-agent"),
      ],
    ]
    for member in file { members[member.name] = member.value }
    var stack = try Sample.stack(members)
    stack.isOwn = isOwn
    var explainer = try Explainer(
      account, pod: pod, stack: stack,
      StackAccess(environment: ProcessEnvironment([:]), loops: SampleLoops.shared))
    do {
      let result = try await body(&explainer)
      await server.stop(grace: .zero)
      return result
    } catch {
      await server.stop(grace: .zero)
      throw error
    }
  }

  /// The stop of a hop; nil where the walk goes on.
  func stop(
    _ account: AccountName = Sample.account, pod: String? = nil,
    at hop: (inout Explainer) async throws(ExplainStop) -> Void
  ) async throws -> ExplainStep? {
    try await walk(account, pod: pod) { explainer -> ExplainStep? in
      do throws(ExplainStop) { try await hop(&explainer) } catch { return error.step }
      return nil
    }
  }
}
