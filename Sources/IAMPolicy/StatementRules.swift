import JSON

/// What IAM wants of the statements of identity policies, with its own texts.
enum IdentityStatementRules {
  static func check(_ entries: [JSON]) throws(PolicyDocumentError) {
    for entry in entries where list(entry, "Action").isEmpty {
      throw PolicyDocumentError("Policy statement must contain actions.")
    }
    for entry in entries where list(entry, "Resource").isEmpty {
      throw PolicyDocumentError("Policy statement must contain resources.")
    }
    for entry in entries {
      for resource in list(entry, "Resource") { try checkResource(resource) }
    }
    for entry in entries {
      for action in list(entry, "Action") { try checkAction(action) }
    }
  }

  private static func list(_ entry: JSON, _ member: String) -> [String] {
    PolicyStatement.list(entry[member] ?? entry["Not" + member])
  }

  private static func checkResource(_ text: String) throws(PolicyDocumentError) {
    if text == "*" { return }
    var parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count >= 2 else {
      throw PolicyDocumentError("Resource \(text) must be in ARN format or \"*\".")
    }
    if parts == ["arn", "aws"] {
      throw PolicyDocumentError(
        "Resource vendor must be fully qualified and cannot contain regexes.")
    }
    guard ["aws", "aws-cn", "aws-us-gov", "*"].contains(parts[1]) || parts[1].contains("$") else {
      parts[0] = "arn"
      while parts.count < 6 { parts.append("*") }
      throw PolicyDocumentError(
        "Partition \"\(parts[1])\" is not valid for resource \"\(parts.joined(separator: ":"))\".")
    }
    guard parts.count == 6 else { return }
    if parts[2] == "iam" { try checkIAMResource(text, region: parts[3], path: parts[5]) }
    if parts[2] == "s3", !parts[3].isEmpty, !parts[5].hasPrefix("accesspoint"), parts[3] != "*" {
      throw PolicyDocumentError("Resource \(text) can not contain region information.")
    }
  }

  private static let iamPaths = [
    "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/",
    "server-certificate/", "policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/",
    "access-report/",
  ]

  private static func checkIAMResource(
    _ text: String, region: String, path: String
  ) throws(PolicyDocumentError) {
    guard region.isEmpty || region == "*" else {
      throw PolicyDocumentError("IAM resource \(text) cannot contain region information.")
    }
    guard
      path == "*" || path == "root" || path.contains("$") || path.contains("*")
        || iamPaths.contains(where: { path.hasPrefix($0) })
    else {
      throw PolicyDocumentError(
        "IAM resource path must either be \"*\", root, or start with "
          + iamPaths.dropLast().joined(separator: ", ") + ", or access-report/.")
    }
  }

  private static func checkAction(_ text: String) throws(PolicyDocumentError) {
    if text == "*" { return }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 2 else {
      throw PolicyDocumentError(
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    }
    guard parts.count == 2 else {
      throw PolicyDocumentError("Actions/Condition can contain only one colon.")
    }
    guard !parts[0].contains(" ") else {
      throw PolicyDocumentError("Vendor \(parts[0]) is not valid")
    }
  }
}

/// What IAM wants of the statements of trust policies.
enum TrustStatementRules {
  private static let actions: Set<String> = [
    "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession",
    "sts:setsourceidentity", "sts:setcontext", "sts:*", "*",
  ]

  static func check(_ entry: JSON) throws(PolicyDocumentError) {
    for member in ["Resource", "NotResource"] where entry[member] != nil {
      throw PolicyDocumentError("Has prohibited field \(member)")
    }
    let named = PolicyStatement.list(entry["Action"] ?? entry["NotAction"])
    guard !named.isEmpty else {
      throw PolicyDocumentError("Policy statement must contain actions.")
    }
    for action in named where !isAllowed(action.lowercased()) {
      throw PolicyDocumentError("AssumeRole policy may only specify STS AssumeRole actions.")
    }
    let principal = entry["Principal"] ?? entry["NotPrincipal"]
    for name in PolicyStatement.list(principal?["AWS"]) where !isAccountPrincipal(name) {
      throw PolicyDocumentError("Invalid principal in policy: \"AWS\":\"\(name)\"")
    }
  }

  private static func isAllowed(_ action: String) -> Bool {
    if actions.contains(action) { return true }
    guard action.contains("*") || action.contains("?") else { return false }
    let pattern = PolicyPattern(action, variables: false)
    return actions.contains { !$0.contains("*") && pattern.matches($0) }
  }

  private static func isAccountPrincipal(_ name: String) -> Bool {
    let isAccount = name.utf8.count == 12 && name.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    return name == "*" || isAccount || name.hasPrefix("arn:aws") || name.hasPrefix("AROA")
      || name.hasPrefix("AIDA")
  }
}
