import IAMPolicy
import JSON

/// The AWS things of a seed; members are named as in the AWS APIs, policy documents are inline.
struct SeedAWS: Sendable {
  struct Role: Sendable {
    let name: String
    let json: JSON
    let trust: JSON
    let policies: [(name: String, document: JSON)]
  }

  private(set) var clusters: [String] = []
  private(set) var roles: [Role] = []
  private(set) var associations: [JSON] = []
  private(set) var providers: [JSON] = []

  private static let roleMembers: Set<String> = [
    "RoleName", "Path", "Description", "MaxSessionDuration", "AssumeRolePolicyDocument", "Tags",
    "Policies",
  ]
  private static let associationMembers: Set<String> = [
    "clusterName", "namespace", "serviceAccount", "roleArn", "targetRoleArn",
    "disableSessionTags", "policy", "tags",
  ]

  /// Takes over a document, checked.
  mutating func add(_ document: JSON, file: SeedFolder.File) throws(CommandFailure) {
    guard let sections = document.object else {
      throw file.failure(at: "", "a file in aws/ is a map of clusters, roles and associations")
    }
    for (section, value) in sections {
      let known = ["clusters", "roles", "associations", "openIDConnectProviders"]
      if ["policies", "managedPolicies"].contains(section) {
        throw file.failure(
          at: section, "managed policies are not served yet; give the role inline Policies")
      }
      guard known.contains(section) else {
        throw file.failure(
          at: section,
          "\(section) is not known; a file in aws/ has \(known.joined(separator: ", "))")
      }
      guard let items = value.array else {
        throw file.failure(at: section, "\(section) must be a list")
      }
      for item in items {
        switch section {
        case "clusters":
          guard let name = item["name"]?.string else {
            throw file.failure(at: section, "a cluster needs a name")
          }
          clusters.append(name)
        case "roles": roles.append(try Self.role(item, file: file))
        case "associations":
          try Self.check(
            item, members: Self.associationMembers,
            required: ["namespace", "serviceAccount", "roleArn"], what: "an association", file)
          associations.append(item)
        default:
          try Self.check(
            item, members: ["Url", "ClientIDList", "ThumbprintList"], required: ["Url"],
            what: "a provider", file)
          providers.append(item)
        }
      }
    }
  }

  private static func role(_ item: JSON, file: SeedFolder.File) throws(CommandFailure) -> Role {
    for name in ["ManagedPolicyArns", "AttachedManagedPolicies"] where item[name] != nil {
      throw file.failure(
        at: name, "managed policies are not served yet; give the role inline Policies")
    }
    try check(
      item, members: roleMembers, required: ["RoleName", "AssumeRolePolicyDocument"],
      what: "a role", file)
    let name = item["RoleName"]?.string ?? ""
    let trust = item["AssumeRolePolicyDocument"] ?? [:]
    try check(trust, kind: .trust, at: name, what: "the trust policy of \(name)", file)
    var policies: [(name: String, document: JSON)] = []
    for policy in item["Policies"]?.array ?? [] {
      try check(
        policy, members: ["PolicyName", "PolicyDocument"],
        required: ["PolicyName", "PolicyDocument"], what: "a policy of \(name)", file)
      let title = policy["PolicyName"]?.string ?? ""
      let document = policy["PolicyDocument"] ?? [:]
      try check(document, kind: .inline, at: title, what: "the policy \(title) of \(name)", file)
      policies.append((title, document))
    }
    return Role(name: name, json: item, trust: trust, policies: policies)
  }

  private static func check(
    _ item: JSON, members: Set<String>, required: [String], what: String, _ file: SeedFolder.File
  ) throws(CommandFailure) {
    guard let object = item.object else { throw file.failure(at: "", "\(what) must be a map") }
    for (name, _) in object where !members.contains(name) {
      throw file.failure(at: name, "\(what) has no member \(name)")
    }
    for name in required where object[name]?.isNull ?? true {
      let first = object.first.map { "\($0.name): \($0.value.string ?? "")" }
      throw file.failure(at: first ?? "", "\(what) needs the member \(name)")
    }
  }

  private static func check(
    _ document: JSON, kind: PolicyDocument.Kind, at word: String, what: String,
    _ file: SeedFolder.File
  ) throws(CommandFailure) {
    do throws(PolicyDocumentError) { _ = try PolicyDocument(json: document, kind: kind) } catch {
      throw file.failure(at: word, "\(what): \(error.message)")
    }
  }
}
