import CommandCore
import IAMPolicy
import JSON
import Platform

/// Makes a condition of a trust policy hold for a request, and opens the policy no further: a key
/// that is misspelt is corrected, a value is added or replaced, and what has to go is named.
struct ConditionRepair {
  let trace: ConditionTrace
  let context: PolicyContext

  private var test: String { trace.operatorName }
  private var key: String { trace.key }

  /// Repairs it in a statement; the tag that the role should have instead, where that will do.
  func apply(to edit: inout StatementEdit) -> (key: String, value: String)? {
    guard let actual = trace.actual else {
      absent(&edit)
      return nil
    }
    return differing(actual, &edit)
  }

  /// The request has no such key.
  private func absent(_ edit: inout StatementEdit) {
    let values = edit.values(trace)
    if let meant {
      return edit.change(
        trace, to: (test, meant, values), "asks for \(meant) instead of \(key)")
    }
    guard test.bytes != "Null" else { return edit.drop(trace) }
    // Where a request has the key, the condition goes on counting.
    let why: String
    if KnownConditionKeys.isOfOrganization(key) {
      why = "here no account has an organization; on AWS leave it as it is"
    } else if KnownConditionKeys.isOfSessionTag(key) {
      why = "this one has no session tags"
    } else {
      why = "requests of Pod Identity do not"
    }
    edit.change(
      trace, to: (test + "IfExists", key, values),
      "heeds \(key) only where a request has it (\(test)IfExists), for \(why)")
  }

  /// The key of the request that was likely meant.
  private var meant: String? {
    // What is a tag of the principal in other policies is one of the request here.
    if let tag = key.bytes.asciiLowercased.without(prefix: "aws:principaltag/"),
      let found = context.names.first(where: {
        $0.bytes.asciiLowercased == "aws:requesttag/\(tag)".bytes
      })
    {
      return found
    }
    guard !KnownConditionKeys.contain(key) else { return nil }
    return Spelling.nearest(key, among: context.names.sorted { $0.bytes < $1.bytes })
  }

  private func differing(
    _ actual: [String], _ edit: inout StatementEdit
  ) -> (key: String, value: String)? {
    let values = edit.values(trace)
    if context.isMultivalued(key), !test.bytes.contains(":"), test.bytes != "Null" {
      let qualified = "\(test.bytes.contains("Not") ? "ForAllValues" : "ForAnyValue"):\(test)"
      edit.change(
        trace, to: (qualified, key, values),
        "compares \(key), which may have several values, by \(qualified)")
      return nil
    }
    if test.bytes == "StringEquals", wouldBeLike(values, actual) {
      edit.change(
        trace, to: ("StringLike", key, values),
        "compares \(key) by StringLike, which takes * for any text")
      return nil
    }
    if test.bytes.contains("Not") {
      let rest = values.filter { value in
        !actual.contains { PolicyPattern(value).matches($0, context: context) }
      }
      guard !rest.isEmpty, rest.count < values.count else {
        edit.drop(trace)
        return nil
      }
      edit.change(
        trace, to: (test, key, rest),
        "no longer keeps out \(key) \(actual.joined(separator: ", "))")
      return nil
    }
    if actual.count == 1, [PodKeys.unknownPod, PodKeys.unknownUID].contains(actual[0].bytes) {
      // Which pod will come is not known.
      edit.change(trace, to: ("StringLike", key, ["*"]), "takes any \(key) (StringLike *)")
      return nil
    }
    if let tag = missingTag(values), actual.count == 1 { return (tag, actual[0]) }
    guard let (other, wanted) = fitting(values, actual) else {
      edit.drop(trace)
      return nil
    }
    let isMore = wanted.count > actual.count
    edit.change(
      trace, to: (other, key, wanted),
      isMore || other.bytes == test.bytes && !test.bytes.contains("Than")
        ? "\(isMore ? "also takes" : "wants") \(key) \(actual.joined(separator: ", "))"
        : "wants \(key) by \(other) \(wanted.joined(separator: ", "))")
    return nil
  }

  private func wouldBeLike(_ values: [String], _ actual: [String]) -> Bool {
    let patterns = values.filter { $0.bytes.contains("*") || $0.bytes.contains("?") }
      .map { PolicyPattern($0) }
    return actual.allSatisfy { value in
      patterns.contains { $0.matches(value, context: context) }
    }
  }

  /// The tag of the role that the only value stands for, where the role has none of that key.
  private func missingTag(_ values: [String]) -> String? {
    guard values.count == 1,
      let rest = values[0].bytes.without(prefix: "${aws:ResourceTag/")?.bytes,
      rest.hasSuffix("}"), !rest.contains(",")
    else { return nil }
    let tag = String(Substring(rest.string.utf8.dropLast()))
    let isMissing = (context["aws:ResourceTag/\(tag)"] ?? []).isEmpty
    return isMissing && !tag.isEmpty && !tag.bytes.contains("}") ? tag : nil
  }

  /// The operator and the values with which the request's own value fits; nil where nothing less
  /// than no condition will do.
  private func fitting(_ values: [String], _ actual: [String]) -> (String, [String])? {
    let name = (test.bytes.split(separator: ":").last.map(String.init) ?? test).bytes
    if ["String", "Arn"].contains(where: name.hasPrefix) {
      // A role may be shared by several namespaces and accounts; its cluster and account are one.
      let isShared = key.bytes.asciiLowercased.hasPrefix("aws:requesttag/kubernetes")
      return (test, (isShared ? values : []) + actual)
    }
    if name.hasPrefix("IpAddress") { return (test, values + actual) }
    if name.hasPrefix("Bool") || name.hasPrefix("NumericEquals") { return (test, actual) }
    if name == "Null" { return (test, ["false"]) }
    guard name.contains("Than") else { return nil }
    guard name.contains("Less") else {
      return (orEqual, actual)
    }
    guard let end = dayLater(actual) else { return (orEqual, actual) }
    return (test, [end])
  }

  private var orEqual: String {
    guard !test.bytes.contains("ThanEquals"), let than = test.utf8.firstRange(of: "Than".utf8)
    else { return test }
    return "\(test[..<than.upperBound])Equals\(test[than.upperBound...])"
  }

  /// A day after the request's time, where its key tells the time.
  private func dayLater(_ actual: [String]) -> String? {
    guard let text = actual.first else { return nil }
    switch key.bytes.asciiLowercased {
    case "aws:epochtime": return Int64(text).map { "\($0 + 86_400)" }
    case "aws:currenttime": return Instant(rfc3339: text).map { ($0 + .seconds(86_400)).rfc3339 }
    default: return nil
    }
  }
}
