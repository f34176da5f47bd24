import JSON

/// What IAM wants of the principals of trust policies, as far as their form says it; whether they
/// exist is for whom knows the account.
package enum TrustPrincipalRules {
  /// The refusal of a principal, in IAM's words.
  package static func invalid(_ kind: String, _ name: String) -> PolicyDocumentError {
    PolicyDocumentError("Invalid principal in policy: \"\(kind)\":\"\(name)\"")
  }

  static func check(_ entry: JSON) throws(PolicyDocumentError) {
    let principal = entry["Principal"] ?? entry["NotPrincipal"]
    for name in PolicyStatement.list(principal?["AWS"])
    where name.bytes != "*" && AccountPrincipal(name) == nil {
      throw invalid("AWS", name)
    }
    for name in PolicyStatement.list(principal?["Service"])
    where !ServicePrincipal.isKnown(name) {
      throw invalid("SERVICE", name)
    }
    for name in PolicyStatement.list(principal?["Federated"]) where !isFederated(name) {
      throw PolicyDocumentError(
        "Federated principals must be valid domain names or SAML metadata ARNs")
    }
  }

  /// A domain, or the ARN of a provider of some account.
  private static func isFederated(_ name: String) -> Bool {
    guard name.bytes.hasPrefix("arn:") else {
      return name.bytes.contains(".") && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x2A }
    }
    let parts = name.bytes.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[2].bytes == "iam" && AccountPrincipal.isAccount(parts[4])
      && ["oidc-provider/", "saml-provider/"].contains { parts[5].bytes.hasPrefix($0) }
  }
}

/// A principal under `AWS`, other than everybody.
package enum AccountPrincipal: Sendable {
  /// An account, by its number or its root's ARN.
  case account(String)
  /// A role (`role/path/name`), a user, or a session (`assumed-role/role/session`,
  /// `federated-user/name`) of an account.
  case named(account: String, resource: String)
  /// The id of a role or user, `AROA...` or `AIDA...`.
  case id(String)

  /// Reads a principal; nil for what is none, such as one with a wildcard.
  package init?(_ name: String) {
    if Self.isAccount(name[...]) {
      self = .account(name)
      return
    }
    let isID = name.bytes.hasPrefix("AROA") || name.bytes.hasPrefix("AIDA")
    if isID, name.utf8.count >= 16, name.utf8.allSatisfy(Self.isUpper) {
      self = .id(name)
      return
    }
    let parts = name.bytes.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].bytes == "arn",
      ["aws", "aws-cn", "aws-us-gov"].contains(parts[1].bytes), parts[3].isEmpty,
      Self.isAccount(parts[4]), parts[5].utf8.allSatisfy(Self.isName)
    else { return nil }
    let resource = String(parts[5])
    if parts[2].bytes == "iam", resource.bytes == "root" {
      self = .account(String(parts[4]))
      return
    }
    let path = resource.bytes.split(separator: "/", omittingEmptySubsequences: false)
    guard path.allSatisfy({ !$0.isEmpty }), Self.isKind(path, of: parts[2]) else { return nil }
    self = .named(account: String(parts[4]), resource: resource)
  }

  private static func isKind(_ path: [Substring], of service: Substring) -> Bool {
    switch (service.bytes, path[0].bytes) {
    case ("iam", "role"), ("iam", "user"): path.count >= 2
    case ("sts", "assumed-role"): path.count == 3
    case ("sts", "federated-user"): path.count == 2
    default: false
    }
  }

  static func isAccount(_ text: Substring) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }

  private static func isUpper(_ byte: UInt8) -> Bool {
    0x41...0x5A ~= byte || 0x30...0x39 ~= byte
  }

  /// `[\w+=,.@/-]`: what names and paths are made of, and no wildcard.
  private static func isName(_ byte: UInt8) -> Bool {
    isUpper(byte) || 0x61...0x7A ~= byte || "_+=,.@/-".utf8.contains(byte)
  }
}
