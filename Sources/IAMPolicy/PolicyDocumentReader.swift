import JSON

/// Reads documents in the order in which IAM finds faults (recorded from AWS for CreatePolicy):
/// syntax, version, legacy parsing, Sids, actions, resources, vendors.
struct PolicyDocumentReader {
  let kind: PolicyDocument.Kind
  let isStored: Bool

  private static let syntax = PolicyDocumentError("Syntax errors in policy.")
  private static let versions = ["2012-10-17", "2008-10-17"]

  func read(_ json: JSON) throws(PolicyDocumentError) -> (String, [PolicyStatement]) {
    guard let object = json.object,
      object.names.allSatisfy({ ["Version", "Id", "Statement"].contains($0.bytes) }),
      object["Id"].map({ $0.string != nil }) ?? true
    else { throw Self.syntax }
    let entries: [JSON]
    switch object["Statement"] {
    case .array(let elements) where !elements.isEmpty: entries = elements
    case .object(let one): entries = [.object(one)]
    default: throw Self.syntax
    }
    if let version = object["Version"] {
      guard let text = version.string, Self.versions.contains(text.bytes) else {
        // Differs from AWS: a wrong Version is named; AWS says no more than the first sentence.
        throw PolicyDocumentError(
          "Syntax errors in policy. Version must be 2012-10-17 or 2008-10-17, not "
            + version.text() + ".")
      }
    }
    let version = object["Version"]?.string
    for entry in entries { try PolicyStatementSyntax.check(entry, isTrust: kind == .trust) }
    if !isStored { try checkPlace(entries) }
    if kind == .managed, version?.bytes != "2012-10-17" {
      throw PolicyDocumentError("Policy document must be version 2012-10-17 or greater.")
    }
    for entry in entries { try PolicyStatementSyntax.checkLegacy(entry) }
    if !isStored {
      for entry in entries { try ConditionValueRules.check(entry, isSession: kind == .session) }
    }
    try checkSids(entries)
    if kind == .trust {
      for entry in entries { try TrustStatementRules.check(entry) }
      if !isStored { for entry in entries { try TrustPrincipalRules.check(entry) } }
    } else {
      try IdentityStatementRules.check(entries, isStored: isStored)
    }
    let hasVariables = version?.bytes == "2012-10-17"
    return (
      version ?? "2008-10-17", entries.map { PolicyStatement(checked: $0, variables: hasVariables) }
    )
  }

  /// Refuses principals where the policy is the principal's own, and Sids that IAM does not take.
  private func checkPlace(_ entries: [JSON]) throws(PolicyDocumentError) {
    if kind != .trust,
      entries.contains(where: { $0["Principal"] != nil || $0["NotPrincipal"] != nil })
    {
      throw PolicyDocumentError("Policy document should not specify a principal.")
    }
    let areAlphanumeric = entries.allSatisfy { entry in
      (entry["Sid"]?.string ?? "").utf8.allSatisfy {
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0
      }
    }
    guard areAlphanumeric else {
      throw PolicyDocumentError(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
          + "expression [0-9A-Za-z]*")
    }
  }

  private func checkSids(_ entries: [JSON]) throws(PolicyDocumentError) {
    let sids = entries.compactMap { $0["Sid"]?.string }.filter { !$0.isEmpty }
    guard Set(sids.map(\.bytes)).count == sids.count else {
      throw PolicyDocumentError("Statement IDs (SID) in a single policy must be unique.")
    }
  }
}

/// The shape of one statement.
enum PolicyStatementSyntax {
  private static let syntax = PolicyDocumentError("Syntax errors in policy.")
  private static let members: Set<ByteText> = [
    "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition", "Principal",
    "NotPrincipal",
  ]

  static func check(_ entry: JSON, isTrust: Bool) throws(PolicyDocumentError) {
    guard let object = entry.object, object.names.allSatisfy({ members.contains($0.bytes) }) else {
      throw syntax
    }
    let hasPrincipal = object["Principal"] != nil || object["NotPrincipal"] != nil
    guard object["Sid"].map({ $0.string != nil }) ?? true,
      ["allow", "deny"].contains(object["Effect"]?.string?.bytes.asciiLowercased),
      isList(object["Action"]), isList(object["NotAction"]), isList(object["Resource"]),
      isList(object["NotResource"]), object["Action"] == nil || object["NotAction"] == nil,
      object["Resource"] == nil || object["NotResource"] == nil, hasPrincipal || !isTrust,
      isPrincipal(object["Principal"]), isPrincipal(object["NotPrincipal"])
    else { throw syntax }
    guard let condition = object["Condition"] else { return }
    guard let operators = condition.object else { throw syntax }
    for (name, keys) in operators {
      guard let keys = keys.object else { throw syntax }
      // Any operator name passes with an empty map.
      guard keys.isEmpty || ParsedOperator(name) != nil else { throw syntax }
      for (_, values) in keys where !isConditionValue(values) { throw syntax }
    }
  }

  private static func isList(_ value: JSON?) -> Bool {
    guard let value else { return true }
    return value.string != nil || value.strings.map { _ in true } ?? false
  }

  private static func isConditionValue(_ value: JSON) -> Bool {
    switch value {
    case .string, .bool, .integer, .number: true
    case .array(let elements):
      elements.allSatisfy { if case .array = $0 { false } else { isConditionValue($0) } }
    default: false
    }
  }

  private static func isPrincipal(_ value: JSON?) -> Bool {
    guard let value else { return true }
    if value.string?.bytes == "*" { return true }
    guard let object = value.object, !object.isEmpty else { return false }
    return object.allSatisfy { PrincipalPattern.Kind(named: $0.name) != nil && isList($0.value) }
  }

  /// What passes the first look but not IAM's older parser.
  static func checkLegacy(_ entry: JSON) throws(PolicyDocumentError) {
    let failure = PolicyDocumentError("The policy failed legacy parsing")
    guard PolicyStatement.Effect(named: entry["Effect"]?.string ?? "") != nil else {
      throw failure
    }
    for member in ["Resource", "NotResource"] {
      for text in PolicyStatement.list(entry[member]) where text.bytes.hasPrefix("arn:aws:") {
        let parts = text.bytes.split(separator: ":", omittingEmptySubsequences: false)
        let isCutShort = parts.count < 6 && parts.count > 3
        if isCutShort { throw failure }
      }
    }
  }
}

/// An operator's name in its parts: `ForAnyValue:StringLikeIfExists`.
struct ParsedOperator {
  let test: PolicyConditionTest
  let qualifier: PolicyCondition.SetQualifier?
  let ifExists: Bool

  init?(_ name: String) {
    var rest = name[...]
    var qualifier: PolicyCondition.SetQualifier?
    if case (let word, let behind?) = name.bytes.cut(at: ":") {
      guard let found = PolicyCondition.SetQualifier(named: String(word)) else { return nil }
      qualifier = found
      rest = behind
    }
    ifExists = rest.bytes.hasSuffix("IfExists")
    if ifExists { rest = Substring(rest.utf8.dropLast(8)) }
    guard let test = PolicyConditionTest(named: String(rest)), !(test == .null && ifExists)
    else {
      return nil
    }
    self.test = test
    self.qualifier = qualifier
  }
}

extension PolicyStatement {
  /// A statement that was checked before.
  init(checked entry: JSON, variables: Bool) {
    sid = entry["Sid"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    effect = Effect(named: entry["Effect"]?.string ?? "") ?? .deny
    negatesActions = entry["NotAction"] != nil
    actions = Self.list(entry["Action"] ?? entry["NotAction"]).map {
      PolicyPattern($0, variables: false)
    }
    negatesResources = entry["NotResource"] != nil
    resources = (entry["Resource"] ?? entry["NotResource"]).map { value in
      Self.list(value).map { PolicyPattern($0, variables: variables) }
    }
    principal = Self.principal(entry)
    var conditions: [PolicyCondition] = []
    for (name, keys) in entry["Condition"]?.object ?? [:] {
      guard let parsed = ParsedOperator(name) else { continue }
      for (key, values) in keys.object ?? [:] {
        conditions.append(
          PolicyCondition(
            test: parsed.test, qualifier: parsed.qualifier, ifExists: parsed.ifExists, key: key,
            values: Self.conditionValues(values).map {
              PolicyPattern(
                $0, wildcards: parsed.test.hasWildcards,
                variables: variables && parsed.test.hasVariables)
            }))
      }
    }
    self.conditions = conditions
  }

  static func list(_ value: JSON?) -> [String] {
    value?.string.map { [$0] } ?? value?.strings ?? []
  }

  static func conditionValues(_ value: JSON) -> [String] {
    switch value {
    case .array(let elements): elements.flatMap(conditionValues)
    case .string(let text): [text]
    case .bool, .integer, .number: [value.text()]
    default: []
    }
  }

  private static func principal(_ entry: JSON) -> PrincipalPattern? {
    guard let value = entry["Principal"] ?? entry["NotPrincipal"] else { return nil }
    var pattern = PrincipalPattern()
    pattern.isNegated = entry["NotPrincipal"] != nil
    pattern.isEverybody = value.string?.bytes == "*"
    for (name, names) in value.object ?? [:] {
      if let kind = PrincipalPattern.Kind(named: name) { pattern.named[kind] = list(names) }
    }
    return pattern
  }
}
