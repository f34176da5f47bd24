import IAMPolicy
import JSON

/// A role with its policies, as IAM answers.
struct RoleLookup: Sendable {
  /// An inline policy with its text.
  struct Policy: Sendable {
    let name: String
    let json: JSON
    let document: PolicyDocument
  }

  let name: String
  let arn: String
  /// `AROA...`.
  let id: String
  let trustJSON: JSON
  let trust: PolicyDocument
  let inline: [Policy]

  /// The policies by name.
  var policies: [NamedPolicy] {
    inline.map { NamedPolicy(name: $0.name, document: $0.document) }
  }

  /// Reads a role by its ARN; nil where there is none of that name and path.
  static func find(arn: String, aws: AWSClient) async throws(AWSFailure) -> RoleLookup? {
    guard let found = try await find(name: pathAndName(arn).name, aws: aws), found.arn == arn
    else { return nil }
    return found
  }

  /// Reads a role by its name, whatever its path.
  static func find(name: String, aws: AWSClient) async throws(AWSFailure) -> RoleLookup? {
    let role: XMLReader
    do throws(AWSFailure) { role = try await aws.iam("GetRole", [("RoleName", name)]) } catch {
      guard error.code == "NoSuchEntity" || error.code == "ValidationError" else { throw error }
      return nil
    }
    guard let arn = role.first("Arn"),
      let trust = role.first("AssumeRolePolicyDocument").flatMap(PolicyText.json),
      let document = try? PolicyDocument(json: trust, kind: .trust)
    else { return nil }
    var policies: [Policy] = []
    for policy in try await aws.iam("ListRolePolicies", [("RoleName", name)]).all("member") {
      let found = try await aws.iam(
        "GetRolePolicy", [("RoleName", name), ("PolicyName", policy)])
      guard let json = found.first("PolicyDocument").flatMap(PolicyText.json),
        let document = try? PolicyDocument(json: json, kind: .inline)
      else { continue }
      policies.append(Policy(name: policy, json: json, document: document))
    }
    return RoleLookup(
      name: name, arn: arn, id: role.first("RoleId") ?? "", trustJSON: trust, trust: document,
      inline: policies)
  }

  /// Every role's ARN with its trust policy.
  static func all(_ aws: AWSClient) async throws(AWSFailure) -> [(arn: String, trust: JSON)] {
    let list = try await aws.iam("ListRoles", [("MaxItems", "1000")])
    let trusts = list.all("AssumeRolePolicyDocument").map { PolicyText.json($0) ?? .null }
    return zip(list.all("Arn"), trusts).map { ($0, $1) }
  }

  /// The path, from slash to slash, and the name in a role's ARN.
  static func pathAndName(_ arn: String) -> (path: String, name: String) {
    let parts = arn.split(separator: "/").map(String.init)
    let path = parts.dropFirst().dropLast().map { "\($0)/" }.joined()
    return ("/\(path)", parts.last ?? "")
  }

  /// Whether EKS would take the role for an association: its trust names the service, conditions
  /// apart.
  static func isAssociable(_ trust: JSON) -> Bool {
    guard let document = try? PolicyDocument(json: trust, kind: .trust) else { return false }
    return TrustRepair.both.allSatisfy { document.mayAllow($0, to: TrustRepair.service) }
  }
}
