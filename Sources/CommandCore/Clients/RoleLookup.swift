package import AWSClient
package import IAMPolicy
package import JSON

/// A role with its policies, as IAM answers.
package struct RoleLookup: Sendable {
  /// An inline policy with its text.
  package struct Policy: Sendable {
    /// The policy's name, unique within its role.
    package let name: String
    /// The document as it is stored, unknown members included.
    package let json: JSON
    let document: PolicyDocument
  }

  /// The role's name, without its path.
  package let name: String
  /// `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
  package let arn: String
  /// `AROA...`.
  package let id: String
  /// The trust policy as it is stored, unknown members included.
  package let trustJSON: JSON
  /// The trust policy as it is evaluated; one that denies all where it cannot be read.
  package let trust: PolicyDocument
  /// The inline policies, in IAM's order; attached ones are not served here.
  package let inline: [Policy]
  /// The role's tags, in IAM's order.
  package let tags: [(key: String, value: String)]

  /// The policies by name.
  package var policies: [NamedPolicy] {
    inline.map { NamedPolicy(name: $0.name, document: $0.document) }
  }

  /// Reads a role by its ARN; nil where there is none of that name and path.
  package static func find(arn: String, aws: AWSClient) async throws(AWSFailure) -> RoleLookup? {
    guard let found = try await find(name: pathAndName(arn).name, aws: aws),
      found.arn.bytes == arn.bytes
    else { return nil }
    return found
  }

  /// Reads a role by its name, whatever its path.
  package static func find(name: String, aws: AWSClient) async throws(AWSFailure) -> RoleLookup? {
    let role: XMLReader
    do throws(AWSFailure) { role = try await aws.iam("GetRole", [("RoleName", name)]) } catch {
      guard ["NoSuchEntity", "ValidationError"].contains(error.code.bytes) else { throw error }
      return nil
    }
    guard let arn = role.first("Arn"),
      let trust = role.first("AssumeRolePolicyDocument").flatMap(PolicyText.json)
    else { return nil }
    // What aws-api makes of a stored document that cannot be read.
    let document =
      (try? PolicyDocument(json: trust, kind: .trust, isStored: true)) ?? .denyingAll
    var policies: [Policy] = []
    for policy in try await aws.iam("ListRolePolicies", [("RoleName", name)]).all("member") {
      let found = try await aws.iam(
        "GetRolePolicy", [("RoleName", name), ("PolicyName", policy)])
      guard let json = found.first("PolicyDocument").flatMap(PolicyText.json) else { continue }
      let document =
        (try? PolicyDocument(json: json, kind: .inline, isStored: true)) ?? .denyingAll
      policies.append(Policy(name: policy, json: json, document: document))
    }
    return RoleLookup(
      name: name, arn: arn, id: role.first("RoleId") ?? "", trustJSON: trust, trust: document,
      inline: policies, tags: Array(zip(role.all("Key"), role.all("Value")).map { ($0, $1) }))
  }

  /// Every role's ARN with its trust policy.
  package static func all(_ aws: AWSClient) async throws(AWSFailure) -> [(arn: String, trust: JSON)]
  {
    let list = try await aws.iam("ListRoles", [("MaxItems", "1000")])
    let trusts = list.all("AssumeRolePolicyDocument").map { PolicyText.json($0) ?? .null }
    return zip(list.all("Arn"), trusts).map { ($0, $1) }
  }

  /// The path, from slash to slash, and the name in a role's ARN.
  package static func pathAndName(_ arn: String) -> (path: String, name: String) {
    let parts = arn.bytes.split(separator: "/").map(String.init)
    let path = parts.dropFirst().dropLast().map { "\($0)/" }.joined()
    return ("/\(path)", parts.last ?? "")
  }
}
