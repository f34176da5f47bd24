import JSON

/// A label selector (kubernetes/apimachinery `pkg/labels/selector.go`).
struct LabelSelector: Sendable {
  private enum Requirement: Sendable {
    case exists(String)
    case missing(String)
    case isOneOf(String, Set<ByteText>)
    case isNoneOf(String, Set<ByteText>)
  }
  private let requirements: [Requirement]

  /// Reads a selector; `a,!b,c=d,e!=f,g in (h,i),j notin (k)`.
  init(_ text: String) throws(StatusError) {
    var found: [Requirement] = []
    for part in try Self.split(text) { found.append(try Self.requirement(part)) }
    requirements = found
  }

  /// Whether an object's labels match.
  func matches(_ object: JSON) -> Bool {
    let labels = object.at("metadata", "labels")
    return requirements.allSatisfy { requirement in
      switch requirement {
      case .exists(let key): labels?[key]?.string != nil
      case .missing(let key): labels?[key]?.string == nil
      case .isOneOf(let key, let values):
        labels?[key]?.string.map { values.contains($0.bytes) } ?? false
      case .isNoneOf(let key, let values):
        !(labels?[key]?.string.map { values.contains($0.bytes) } ?? false)
      }
    }
  }

  /// The parts between commas outside of parentheses.
  private static func split(_ text: String) throws(StatusError) -> [Substring] {
    var parts: [Substring] = []
    var depth = 0
    var start = text.startIndex
    for (index, byte) in zip(text.utf8.indices, text.utf8) {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: ",") where depth == 0:
        parts.append(text[start..<index])
        start = text.utf8.index(after: index)
      default: break
      }
      guard depth == 0 || depth == 1 else { throw failure(text) }
    }
    guard depth == 0 else { throw failure(text) }
    parts.append(text[start...])
    let trimmed = parts.map(Self.trim)
    if trimmed.count == 1, trimmed[0].isEmpty { return [] }
    guard !trimmed.contains(where: \.isEmpty) else { throw failure(text) }
    return trimmed
  }

  private static func requirement(_ part: Substring) throws(StatusError) -> Requirement {
    if part.bytes.hasPrefix("!") {
      return .missing(try key(trim(Substring(part.utf8.dropFirst())), in: part))
    }
    if let open = part.utf8.firstIndex(of: UInt8(ascii: "(")), part.bytes.hasSuffix(")") {
      let words = part[..<open].bytes.split(separator: " ")
      let values = Substring(part.utf8[open...].dropFirst().dropLast())
        .bytes.split(separator: ",", omittingEmptySubsequences: false).map { trim($0).bytes }
      guard words.count == 2 else { throw failure(part) }
      switch words[1].bytes {
      case "in": return .isOneOf(try key(words[0], in: part), Set(values))
      case "notin": return .isNoneOf(try key(words[0], in: part), Set(values))
      default: throw failure(part)
      }
    }
    for mark in ["!=", "==", "="] {
      guard let cut = Array(part.utf8).firstRange(of: Array(mark.utf8)) else { continue }
      let name = try key(trim(Substring(part.utf8.prefix(cut.lowerBound))), in: part)
      let value = trim(Substring(part.utf8.dropFirst(cut.upperBound)))
      guard !value.utf8.contains(where: " =!,()".utf8.contains) else { throw failure(part) }
      return mark.bytes == "!=" ? .isNoneOf(name, [value.bytes]) : .isOneOf(name, [value.bytes])
    }
    return .exists(try key(part, in: part))
  }

  private static func key(_ text: Substring, in part: Substring) throws(StatusError) -> String {
    guard ObjectNames.isQualifiedName(String(text)) else { throw failure(part) }
    return String(text)
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text.utf8.drop { $0 == 0x20 }
    while text.last == 0x20 { text.removeLast() }
    return Substring(text)
  }

  private static func failure(_ text: some StringProtocol) -> StatusError {
    .badRequest("unable to parse requirement: \(text) is not a label selector")
  }
}

/// A field selector: `metadata.name=x,spec.nodeName!=y`.
struct FieldSelector: Sendable {
  private struct Requirement: Sendable {
    let field: String
    let path: [String]
    let value: String
    let isNegated: Bool
  }
  private let requirements: [Requirement]

  /// Reads a selector; only fields that the resource has indexed are taken.
  init(_ text: String, for kind: ResourceKind) throws(StatusError) {
    let known = ["metadata.name", "metadata.namespace"] + kind.selectableFields
    var found: [Requirement] = []
    for part in Self.terms(text) {
      guard case (let name, let rest?) = part.bytes.cut(at: "=") else {
        throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
      }
      let isNegated = name.utf8.last == UInt8(ascii: "!")
      let field = String(Substring(name.utf8.dropLast(isNegated ? 1 : 0)))
      let isDoubled = !isNegated && rest.utf8.first == UInt8(ascii: "=")
      let value = try Self.unescaped(Substring(rest.utf8.dropFirst(isDoubled ? 1 : 0)))
      guard known.contains(field.bytes) else {
        throw .badRequest("field label not supported: \(field)")
      }
      found.append(
        Requirement(
          field: field, path: field.bytes.split(separator: ".").map(String.init),
          value: value, isNegated: isNegated))
    }
    requirements = found
  }

  /// The parts between commas that have no backslash before them.
  private static func terms(_ text: String) -> [String] {
    var terms = [""]
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if scalar == ",", !isEscaped {
        terms.append("")
      } else {
        terms[terms.count - 1].unicodeScalars.append(scalar)
      }
      isEscaped = scalar == "\\" && !isEscaped
    }
    return terms.filter { !$0.isEmpty }
  }

  /// A value without its backslashes (apimachinery, pkg/fields/selector.go, UnescapeValue).
  private static func unescaped(_ value: Substring) throws(StatusError) -> String {
    var text = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in value.unicodeScalars {
      switch (scalar, isEscaped) {
      case ("\\", false):
        isEscaped = true
        continue
      case (",", false), ("=", false):
        throw .badRequest(
          "invalid field selector: unescaped character in value: \(scalar.value)")
      case ("\\", true), (",", true), ("=", true), (_, false): text.append(scalar)
      default:
        throw .badRequest("invalid field selector: invalid escape sequence: \\\(scalar)")
      }
      isEscaped = false
    }
    guard !isEscaped else {
      throw .badRequest("invalid field selector: invalid escape sequence: \\")
    }
    return String(text)
  }

  /// The name that `metadata.name=` asks for.
  var name: String? {
    value(of: "metadata.name")
  }

  /// The node that `spec.nodeName=` asks for.
  var nodeName: String? { value(of: "spec.nodeName") }

  private func value(of field: ByteText) -> String? {
    requirements.first { $0.field.bytes == field && !$0.isNegated }?.value
  }

  /// Whether an object's fields match; one that is missing counts as empty.
  func matches(_ object: JSON) -> Bool {
    requirements.allSatisfy { requirement in
      var value: JSON? = object
      for name in requirement.path { value = value?[name] }
      let text = value?.string ?? value?.bool.map { "\($0)" } ?? ""
      return (text.bytes == requirement.value.bytes) != requirement.isNegated
    }
  }
}

/// What a list, a watch or a deletion of many is about.
struct ObjectFilter: Sendable {
  let namespace: String
  let labels: LabelSelector?
  let fields: FieldSelector?

  /// Whether an object is meant.
  func matches(_ object: StoredObject) -> Bool {
    (namespace.isEmpty || object.namespace.bytes == namespace.bytes)
      && (labels?.matches(object.json) ?? true) && (fields?.matches(object.json) ?? true)
  }

  /// Whether the labels or fields are restricted.
  var isSelective: Bool { labels != nil || fields != nil }
}
