import JSON
package import Platform

/// The keys that AWS puts into a request by itself, said once for the servers that decide and for
/// podid, which says why.
extension PolicyContext {
  /// Adds what every request has, whoever makes it (IAM user guide, "AWS global condition context
  /// keys": always included).
  ///
  /// `aws:ViaAWSService` is false: it is true only where a service passes on a caller's own request.
  package mutating func addGlobalKeys(
    account: String, region: String, now: Instant, isSecure: Bool
  ) {
    self["aws:CurrentTime"] = [now.rfc3339]
    self["aws:EpochTime"] = ["\(now.seconds)"]
    self["aws:RequestedRegion"] = [region]
    self["aws:ResourceAccount"] = [account]
    self["aws:SecureTransport"] = [isSecure ? "true" : "false"]
    self["aws:ViaAWSService"] = ["false"]
  }

  /// Adds tags under `aws:PrincipalTag/`, `aws:ResourceTag/` or `aws:RequestTag/`.
  package mutating func addTags(
    _ tags: some Sequence<(key: String, value: String)>, of kind: TagKind
  ) {
    for tag in tags { self["\(kind.rawValue)/\(tag.key)"] = [tag.value] }
  }

  /// What is tagged.
  package enum TagKind: String, Sendable {
    case principal = "aws:PrincipalTag"
    case request = "aws:RequestTag"
    case resource = "aws:ResourceTag"
  }

  /// Adds the keys of a session of a role.
  ///
  /// The role's tags are the session's too, where it has none of the same key (IAM user guide,
  /// "Pass session tags in AWS STS").
  package mutating func addSessionKeys(
    account: String, role: (arn: String, id: String),
    sessionName: String, issued: Instant, roleTags: some Sequence<(key: String, value: String)>,
    sessionTags: some Sequence<(key: String, value: String)>
  ) {
    self["aws:PrincipalArn"] = [role.arn]
    self["aws:PrincipalAccount"] = [account]
    self["aws:PrincipalType"] = ["AssumedRole"]
    self["aws:PrincipalIsAWSService"] = ["false"]
    self["aws:userid"] = ["\(role.id):\(sessionName)"]
    self["aws:TokenIssueTime"] = [issued.rfc3339]
    self["aws:MultiFactorAuthPresent"] = ["false"]
    addTags(roleTags, of: .principal)
    addTags(sessionTags, of: .principal)
  }

  /// Adds the keys of a service that acts by itself, as Pod Identity does at the first hop.
  package mutating func addServiceKeys(_ service: String, account: String, source arn: String) {
    self["aws:PrincipalIsAWSService"] = ["true"]
    self["aws:PrincipalServiceName"] = [service]
    self["aws:PrincipalServiceNamesList"] = [service]
    self["aws:SourceAccount"] = [account]
    self["aws:SourceArn"] = [arn]
  }

  /// The keys that may have several values, so that conditions on them need `ForAnyValue` or
  /// `ForAllValues`: "Multivalued context keys" of the IAM user guide.
  private static let knownMultivalued: Set<ByteText> = [
    "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist",
    "aws:resourceorgpaths", "aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths",
    "kms:grantoperations", "sts:transitivetagkeys",
  ]

  /// Whether a key may have several values: those of AWS's list, and what the request's service
  /// declares so (``ConditionKeys``).
  package func isMultivalued(_ key: String) -> Bool {
    let key = key.bytes.asciiLowercased
    return Self.knownMultivalued.contains(key) || multivalued.contains(key)
  }

  /// The keys of both; those of `other` count.
  package mutating func merge(_ other: PolicyContext) {
    values.merge(other.values) { $1 }
    multivalued.formUnion(other.multivalued)
  }
}
