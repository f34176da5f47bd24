import JSON

/// What IAM wants of the statements of identity policies, with its own texts.
enum IdentityStatementRules {
  static func check(_ entries: [JSON], isStored: Bool) throws(PolicyDocumentError) {
    for entry in entries where list(entry, "Action").isEmpty {
      throw PolicyDocumentError("Policy statement must contain actions.")
    }
    for entry in entries where list(entry, "Resource").isEmpty {
      throw PolicyDocumentError("Policy statement must contain resources.")
    }
    for entry in entries {
      for resource in list(entry, "Resource") {
        try checkResource(resource, isStored: isStored)
      }
    }
    for entry in entries {
      for action in list(entry, "Action") { try checkAction(action) }
    }
  }

  private static func list(_ entry: JSON, _ member: String) -> [String] {
    PolicyStatement.list(entry[member] ?? entry["Not" + member])
  }

  /// The partition is that of the account, which is AWS's ordinary one here; of what was stored before
  /// it may be another.
  private static func checkResource(
    _ text: String, isStored: Bool
  ) throws(PolicyDocumentError) {
    if text.bytes == "*" { return }
    var parts = text.bytes.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count >= 2 else {
      throw PolicyDocumentError("Resource \(text) must be in ARN format or \"*\".")
    }
    if parts.count == 2, parts[0].bytes == "arn", parts[1].bytes == "aws" {
      throw PolicyDocumentError(
        "Resource vendor must be fully qualified and cannot contain regexes.")
    }
    guard
      ["aws", "*"].contains(parts[1].bytes)
        || isStored && (parts[1].bytes.contains("$") || parts[1].bytes.hasPrefix("aws-"))
    else {
      parts[0] = "arn"
      while parts.count < 6 { parts.append("*") }
      throw PolicyDocumentError(
        "Partition \"\(parts[1])\" is not valid for resource \"\(parts.joined(separator: ":"))\".")
    }
    guard parts.count == 6 else { return }
    if parts[2].bytes == "iam" { try checkIAMResource(text, region: parts[3], path: parts[5]) }
    if parts[2].bytes == "s3", !parts[3].isEmpty, !parts[5].bytes.hasPrefix("accesspoint"),
      parts[3].bytes != "*"
    {
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
    guard region.isEmpty || region.bytes == "*" else {
      throw PolicyDocumentError("IAM resource \(text) cannot contain region information.")
    }
    guard
      path.bytes == "root" || path.bytes.contains("$") || path.bytes.contains("*")
        || iamPaths.contains(where: { path.bytes.hasPrefix($0.bytes) })
    else {
      throw PolicyDocumentError(
        "IAM resource path must either be \"*\", root, or start with "
          + iamPaths.dropLast().joined(separator: ", ") + ", or access-report/.")
    }
  }

  private static func checkAction(_ text: String) throws(PolicyDocumentError) {
    if text.bytes == "*" { return }
    let parts = text.bytes.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 2 else {
      throw PolicyDocumentError(
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    }
    guard parts.count == 2 else {
      throw PolicyDocumentError("Actions/Condition can contain only one colon.")
    }
    guard !parts[0].bytes.contains(" ") else {
      throw PolicyDocumentError("Vendor \(parts[0]) is not valid")
    }
  }
}

/// What IAM wants of the statements of trust policies.
enum TrustStatementRules {
  private static let actions: Set<ByteText> = [
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
    for action in named where !isAllowed(action.bytes.asciiLowercased) {
      throw PolicyDocumentError("AssumeRole policy may only specify STS AssumeRole actions.")
    }
  }

  private static func isAllowed(_ action: ByteText) -> Bool {
    if actions.contains(action) { return true }
    guard action.contains("*") || action.contains("?") else { return false }
    let pattern = PolicyPattern(action.string, variables: false)
    return actions.contains { !$0.contains("*") && pattern.matches($0.string) }
  }
}
