import IAMPolicy
import JSON

/// Changes to one statement of a trust policy, each of them told in words.
struct StatementEdit {
  private(set) var statement: JSON
  private(set) var changes: [String] = []
  let context: PolicyContext

  /// An edit of a statement, for a request with these keys.
  init(_ statement: JSON, context: PolicyContext) {
    self.statement = statement
    self.context = context
  }

  private mutating func set(_ member: String, _ value: JSON?) {
    var object = statement.object ?? [:]
    object[member] = value
    statement = .object(object)
  }

  static func texts(_ value: JSON?) -> [String] {
    value?.string.map { [$0] } ?? value?.strings ?? (value.map { [$0.text()] } ?? [])
  }

  /// Names a principal, in the place of services that are misspelt.
  mutating func name(_ principal: JSON, insteadOf pattern: PrincipalPattern?) {
    var object = statement["Principal"]?.object ?? [:]
    let new = principal.object?.first?.value.string ?? ""
    var replaced: [String] = []
    for (kind, name) in principal.object ?? [:] {
      let names = Self.texts(object[kind])
      let misspelt = names.filter { TrustRepair.isMisspelt($0) }
      replaced += misspelt
      let rest = names.filter { name in !misspelt.contains { $0.bytes == name.bytes } }
      object[kind] = Self.value((misspelt.isEmpty ? [] : rest) + [name.string ?? ""])
    }
    set("Principal", .object(object))
    let old =
      replaced.isEmpty
      ? pattern?.named[.service]?.joined(separator: ", ") : replaced.joined(separator: ", ")
    changes.append("puts \(new) in the place of \(old ?? "its principal")")
  }

  /// Lets the statement name one action more.
  mutating func add(action: String) {
    set("Action", .strings(Self.texts(statement["Action"]) + [action]))
    changes.append("adds \(action)")
  }

  /// A denial that no longer is about this request, in one statement or two; nil where no
  /// condition can say so.
  func sparing(_ parsed: PolicyStatement) -> (statements: [JSON], change: String)? {
    let traces = parsed.conditions.map { $0.trace(context) }
    // One that cannot be evaluated denies, whatever stands beside it.
    guard !traces.contains(where: { $0.outcome == .error }) else { return nil }
    for trace in traces {
      guard trace.operatorName.bytes.hasPrefix("StringNot"), let actual = trace.actual
      else { continue }
      var edit = self
      let values = Self.texts(statement.at("Condition", trace.operatorName, trace.key))
      edit.replace(trace, by: (trace.operatorName, trace.key, values + actual))
      return (
        [edit.statement], "spares \(trace.key) \(actual.joined(separator: ", ")) of the denial"
      )
    }
    // Whoever differs in one of them stays denied: a statement for each.
    for keys in [
      ["aws:RequestTag/kubernetes-namespace", "aws:RequestTag/kubernetes-service-account"],
      ["aws:PrincipalArn"], ["aws:SourceArn"],
    ] {
      let actual = keys.compactMap { context[$0]?.first }
      guard actual.count == keys.count else { continue }
      let statements = zip(keys, actual).enumerated().map { index, pair -> JSON in
        var edit = self
        edit.add("StringNotEquals", pair.0, [pair.1])
        // A Sid is unique in its policy.
        if index > 0 { edit.set("Sid", nil) }
        return edit.statement
      }
      let what = zip(keys, actual).map { "\($0) \($1)" }.joined(separator: " with ")
      return (statements, "spares \(what) of the denial")
    }
    return nil
  }

  /// The values that the policy has for a condition.
  func values(_ trace: ConditionTrace) -> [String] {
    Self.texts(statement.at("Condition", trace.operatorName, trace.key))
  }

  /// Changes a condition, and says so.
  mutating func change(
    _ trace: ConditionTrace, to other: (test: String, key: String, values: [String]),
    _ change: String
  ) {
    replace(trace, by: other)
    changes.append(change)
  }

  /// Takes a condition out.
  mutating func drop(_ trace: ConditionTrace) {
    replace(trace, by: nil)
    changes.append("drops the condition on \(trace.key)")
  }

  private mutating func add(_ test: String, _ key: String, _ values: [String]) {
    var conditions = statement["Condition"]?.object ?? [:]
    var keys = conditions[test]?.object ?? [:]
    keys[key] = Self.value(Self.texts(keys[key]) + values)
    conditions[test] = .object(keys)
    set("Condition", .object(conditions))
  }

  private mutating func replace(
    _ trace: ConditionTrace, by other: (test: String, key: String, values: [String])?
  ) {
    var conditions = statement["Condition"]?.object ?? [:]
    var keys = conditions[trace.operatorName]?.object ?? [:]
    let isSame = other.map {
      $0.test.bytes == trace.operatorName.bytes && $0.key.bytes == trace.key.bytes
    }
    if let other, isSame == true {
      keys[trace.key] = Self.value(other.values)
      conditions[trace.operatorName] = .object(keys)
    } else {
      keys[trace.key] = nil
      conditions[trace.operatorName] = keys.isEmpty ? nil : .object(keys)
    }
    set("Condition", conditions.isEmpty ? nil : .object(conditions))
    if let other, isSame == false {
      add(other.test, other.key, other.values)
    }
  }

  private static func value(_ texts: [String]) -> JSON {
    texts.count == 1 ? .string(texts[0]) : .strings(texts)
  }
}
