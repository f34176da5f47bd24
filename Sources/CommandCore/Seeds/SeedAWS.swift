import IAMPolicy
package import JSON

/// The AWS things of a seed; members are named as in the AWS APIs, policy documents are inline.
package struct SeedAWS: Sendable {
  /// An inline policy of a role.
  package struct Policy: Sendable {
    /// The policy's name, unique within its role.
    package let name: String
    let document: JSON
    /// Where it stands: `FILE:LINE`.
    package let place: String
  }

  /// A role as `aws/` has it.
  package struct Role: Sendable {
    /// The role's name, without its path.
    package let name: String
    /// The trust policy's document.
    package let trust: JSON
    /// The inline policies, in the file's order.
    package let policies: [Policy]
    /// Where it stands: `FILE:LINE`.
    package let place: String
    /// What a seed need not say: nil leaves it as it is.
    package var path: String?
    var description: String?
    var maxSessionSeconds: Int64?
    /// The tags that it is to have; nil where the file says nothing, which leaves those that are
    /// there.
    package var tags: [(key: String, value: String)]?
  }

  private(set) var clusters: [SeedNode] = []
  private(set) var roles: [Role] = []
  private(set) var associations: [SeedNode] = []
  private(set) var providers: [SeedNode] = []

  private static let roleMembers: Set<ByteText> = [
    "RoleName", "Path", "Description", "MaxSessionDuration", "AssumeRolePolicyDocument", "Tags",
    "Policies",
  ]
  private static let associationMembers: Set<ByteText> = [
    "clusterName", "namespace", "serviceAccount", "roleArn", "targetRoleArn",
    "disableSessionTags", "policy", "tags",
  ]

  /// Takes over a document, checked.
  mutating func add(_ document: SeedNode) throws(CommandFailure) {
    guard let sections = document.value.object else {
      throw document.failure("a file in aws/ is a map of clusters, roles and associations")
    }
    for (section, _) in sections {
      let known = ["clusters", "roles", "associations", "openIDConnectProviders"]
      if ["policies", "managedPolicies"].contains(section.bytes) {
        throw document.failure(
          at: section, "managed policies are not served yet; give the role inline Policies")
      }
      guard known.map(\.bytes).contains(section.bytes) else {
        throw document.failure(
          at: section,
          "\(section) is not known; a file in aws/ has \(known.joined(separator: ", "))")
      }
      guard let items = document[section]?.items else {
        throw document.failure(at: section, "\(section) must be a list")
      }
      for item in items {
        switch section.bytes {
        case "clusters":
          guard item.value["name"]?.string != nil else {
            throw item.failure("a cluster needs a name")
          }
          clusters.append(item)
        case "roles": roles.append(try Self.role(item))
        case "associations":
          try Self.check(
            item, members: Self.associationMembers,
            required: ["namespace", "serviceAccount", "roleArn"],
            texts: ["clusterName", "namespace", "serviceAccount", "roleArn", "targetRoleArn"],
            what: "an association")
          let tags = item["tags"]?.value
          let areTexts = (tags?.object ?? [:]).allSatisfy { $0.value.string != nil }
          guard tags.map({ $0.object != nil }) ?? true, areTexts else {
            throw item.failure(at: "tags", "the tags of an association must be a map of texts")
          }
          associations.append(item)
        default:
          try Self.check(
            item, members: ["Url", "ClientIDList", "ThumbprintList"], required: ["Url"],
            texts: ["Url"], what: "a provider")
          providers.append(item)
        }
      }
    }
  }

  private static func role(_ item: SeedNode) throws(CommandFailure) -> Role {
    for name in ["ManagedPolicyArns", "AttachedManagedPolicies"] where item[name] != nil {
      throw item.failure(
        at: name, "managed policies are not served yet; give the role inline Policies")
    }
    try check(
      item, members: roleMembers, required: ["RoleName", "AssumeRolePolicyDocument"],
      texts: ["RoleName"], what: "a role")
    let name = item.value["RoleName"]?.string ?? ""
    try check(item, "AssumeRolePolicyDocument", .trust, what: "the trust policy of \(name)")
    var policies: [Policy] = []
    if let given = item["Policies"], given.items == nil {
      throw given.failure("the Policies of \(name) are no list")
    }
    for policy in item["Policies"]?.items ?? [] {
      try check(
        policy, members: ["PolicyName", "PolicyDocument"],
        required: ["PolicyName", "PolicyDocument"], texts: ["PolicyName"],
        what: "a policy of \(name)")
      let title = policy.value["PolicyName"]?.string ?? ""
      try check(policy, "PolicyDocument", .inline, what: "the policy \(title) of \(name)")
      policies.append(
        Policy(
          name: title, document: policy.value["PolicyDocument"] ?? [:], place: policy.place))
    }
    var role = Role(
      name: name, trust: item.value["AssumeRolePolicyDocument"] ?? [:], policies: policies,
      place: item.place)
    role.path = try text(item, "Path", of: name)
    role.description = try text(item, "Description", of: name)
    if let seconds = item["MaxSessionDuration"] {
      guard let number = seconds.value.integer else {
        throw seconds.failure("MaxSessionDuration of \(name) must be a number")
      }
      role.maxSessionSeconds = number
    }
    if let tags = item["Tags"] { role.tags = try self.tags(tags, of: name) }
    return role
  }

  private static func text(
    _ item: SeedNode, _ member: String, of role: String
  ) throws(CommandFailure) -> String? {
    guard let value = item[member] else { return nil }
    guard let text = value.value.string else {
      throw value.failure("\(member) of \(role) must be a text")
    }
    return text
  }

  private static func tags(
    _ list: SeedNode, of role: String
  ) throws(CommandFailure) -> [(key: String, value: String)] {
    var tags: [(key: String, value: String)] = []
    for tag in list.value.array ?? [.null] {
      guard let key = tag["Key"]?.string, let value = tag["Value"]?.string, tag.object?.count == 2
      else {
        throw list.failure("Tags of \(role) must be a list of maps of Key and Value, both texts")
      }
      tags.append((key, value))
    }
    return tags
  }

  private static func check(
    _ item: SeedNode, members: Set<ByteText>, required: [String], texts: [String], what: String
  ) throws(CommandFailure) {
    guard let object = item.value.object else { throw item.failure("\(what) must be a map") }
    for (name, _) in object where !members.contains(name.bytes) {
      throw item.failure(at: name, "\(what) has no member \(name)")
    }
    for name in required where object[name]?.isNull ?? true {
      throw item.failure("\(what) needs the member \(name)")
    }
    // YAML reads n, yes and 12 as something else.
    for name in texts where object[name].map({ $0.string == nil && !$0.isNull }) ?? false {
      throw item.failure(at: name, "the \(name) of \(what) must be a text: quote it")
    }
  }

  private static func check(
    _ item: SeedNode, _ member: String, _ kind: PolicyDocument.Kind, what: String
  ) throws(CommandFailure) {
    do throws(PolicyDocumentError) {
      _ = try PolicyDocument(json: item.value[member] ?? [:], kind: kind)
    } catch {
      throw item.failure(at: member, "\(what): \(error.message)")
    }
  }
}
