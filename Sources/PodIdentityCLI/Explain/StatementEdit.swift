import IAMPolicy
import JSON

/// Changes to one statement of a trust policy, each of them told in words.
struct StatementEdit {
  private(set) var statement: JSON
  private(set) var changes: [String] = []
  private let context: PolicyContext

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

  private static func texts(_ value: JSON?) -> [String] {
    value?.string.map { [$0] } ?? value?.strings ?? (value.map { [$0.text()] } ?? [])
  }

  /// Names a principal instead of the services that are misspelt.
  mutating func name(_ principal: JSON, insteadOf pattern: PrincipalPattern?) {
    var object = statement["Principal"]?.object ?? [:]
    for (kind, name) in principal.object ?? [:] { object[kind] = name }
    set("Principal", .object(object))
    let old = pattern?.named[.service]?.joined(separator: ", ") ?? "its principal"
    changes.append("puts \(principal.object?.first?.value.string ?? "") in the place of \(old)")
  }

  /// Lets the statement name one action more.
  mutating func add(action: String) {
    set("Action", .strings(Self.texts(statement["Action"]) + [action]))
    changes.append("adds \(action)")
  }

  /// Makes a condition hold.
  mutating func satisfy(_ trace: ConditionTrace) {
    let values = Self.texts(statement.at("Condition", trace.operatorName, trace.key))
    guard let actual = trace.actual else {
      // What is a tag of the principal in other policies is one of the request here.
      let tag = trace.key.split(separator: "/", maxSplits: 1)
      if tag.count == 2, tag[0].lowercased() == "aws:principaltag",
        context["aws:RequestTag/\(tag[1])"] != nil
      {
        replace(trace, by: (trace.operatorName, "aws:RequestTag/\(tag[1])", values))
        changes.append("asks for aws:RequestTag/\(tag[1]) instead of \(trace.key)")
        return
      }
      return drop(trace)
    }
    let patterns = values.filter { $0.contains("*") || $0.contains("?") }.map { PolicyPattern($0) }
    let wouldBeLike = actual.allSatisfy { value in
      patterns.contains { $0.matches(value, context: context) }
    }
    if trace.operatorName == "StringEquals", wouldBeLike {
      replace(trace, by: ("StringLike", trace.key, values))
      changes.append("compares \(trace.key) by StringLike, which takes * for any text")
      return
    }
    if trace.operatorName.contains("Not") {
      let rest = values.filter { !actual.contains($0) }
      guard !rest.isEmpty, rest.count < values.count else { return drop(trace) }
      replace(trace, by: (trace.operatorName, trace.key, rest))
      changes.append("no longer keeps out \(trace.key) \(actual.joined(separator: ", "))")
      return
    }
    guard ["String", "Arn"].contains(where: trace.operatorName.contains) else { return drop(trace) }
    // A role may be shared by several namespaces and accounts; its cluster and account are one.
    let isShared = trace.key.lowercased().hasPrefix("aws:requesttag/kubernetes")
    replace(
      trace, by: (trace.operatorName, trace.key, (isShared ? values : []) + actual))
    changes.append(
      "\(isShared ? "also takes" : "wants") \(trace.key) \(actual.joined(separator: ", "))")
  }

  /// A denial that no longer is about this request; nil where none of its conditions can say so.
  func sparing(_ parsed: PolicyStatement) -> (statement: JSON, change: String)? {
    for condition in parsed.conditions {
      let trace = condition.trace(context)
      guard trace.operatorName.hasPrefix("StringNot"), let actual = trace.actual else { continue }
      var edit = self
      let values = Self.texts(statement.at("Condition", trace.operatorName, trace.key))
      edit.replace(trace, by: (trace.operatorName, trace.key, values + actual))
      return (
        edit.statement,
        "spares \(trace.key) \(actual.joined(separator: ", ")) of the denial"
      )
    }
    return nil
  }

  private mutating func drop(_ trace: ConditionTrace) {
    replace(trace, by: nil)
    changes.append("drops the condition on \(trace.key)")
  }

  private mutating func replace(
    _ trace: ConditionTrace, by other: (test: String, key: String, values: [String])?
  ) {
    var conditions = statement["Condition"]?.object ?? [:]
    var keys = conditions[trace.operatorName]?.object ?? [:]
    if let other, other.test == trace.operatorName, other.key == trace.key {
      keys[trace.key] = Self.value(other.values)
      conditions[trace.operatorName] = .object(keys)
    } else {
      keys[trace.key] = nil
      conditions[trace.operatorName] = keys.isEmpty ? nil : .object(keys)
      if let other {
        var keys = conditions[other.test]?.object ?? [:]
        keys[other.key] = Self.value(Self.texts(keys[other.key]) + other.values)
        conditions[other.test] = .object(keys)
      }
    }
    set("Condition", conditions.isEmpty ? nil : .object(conditions))
  }

  private static func value(_ texts: [String]) -> JSON {
    texts.count == 1 ? .string(texts[0]) : .strings(texts)
  }
}
