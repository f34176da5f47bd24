import JSON

/// The limits that a service's model puts on a request's members, and AWS's sentence for those
/// that do not keep to them.
package struct Constraints {
  /// What a text's characters must be.
  package struct Pattern: Sendable {
    /// The pattern as the model writes it.
    package let text: String
    package let matches: @Sendable (String) -> Bool

    /// A pattern that a function decides.
    package init(text: String, matches: @escaping @Sendable (String) -> Bool) {
      self.text = text
      self.matches = matches
    }
  }

  /// Whether the sentence repeats the value: some services do, some do not.
  package let quotesValues: Bool
  private var violations: [(member: String, text: String)] = []

  /// No violations yet.
  package init(quotesValues: Bool) { self.quotesValues = quotesValues }

  /// Checks a text; nil where the member is absent.
  package mutating func text(
    _ member: String, _ value: String?, isRequired: Bool = false, length: ClosedRange<Int>,
    pattern: Pattern? = nil, isSecret: Bool = false
  ) {
    guard let value else {
      if isRequired { missing(member) }
      return
    }
    let shown = isSecret ? nil : value
    let count = value.utf16.count
    if count > length.upperBound { violate(member, shown, Self.atMost(length.upperBound)) }
    if count < length.lowerBound { violate(member, shown, Self.atLeast(length.lowerBound)) }
    if let pattern, !pattern.matches(value) { violate(member, shown, Self.pattern(pattern)) }
  }

  /// Checks a whole number; nil where the member is absent.
  package mutating func number(_ member: String, _ value: Int?, range: ClosedRange<Int>) {
    guard let value else { return }
    if value > range.upperBound {
      violate(
        member, "\(value)", "Member must have value less than or equal to \(range.upperBound)")
    } else if value < range.lowerBound {
      violate(
        member, "\(value)", "Member must have value greater than or equal to \(range.lowerBound)")
    }
  }

  /// Checks the length of each text of a list; AWS names the list and all constraints together.
  package mutating func texts(_ member: String, _ values: [String], length: ClosedRange<Int>) {
    guard values.contains(where: { !length.contains($0.utf16.count) }) else { return }
    let limits = [Self.atMost(length.upperBound), Self.atLeast(length.lowerBound)]
    violate(
      member, nil, "Member must satisfy constraint: [\(limits.joined(separator: ", "))]")
  }

  /// Checks the tags of a resource: at most 50, keys of 1 to 128 and values of up to 256
  /// characters.
  package mutating func tags(_ tags: [ResourceTag], member: String = "tags") {
    if tags.count > 50 { violate(member, nil, Self.atMost(50)) }
    for (index, tag) in tags.enumerated() {
      text(
        "\(member).\(index + 1).member.key", tag.key, length: 1...128, pattern: .tagKey)
      text(
        "\(member).\(index + 1).member.value", tag.value, length: 0...256, pattern: .tagValue)
    }
  }

  /// Checks keys of tags that are to go; AWS names the list and all constraints together.
  package mutating func tagKeys(_ keys: [String]) {
    if keys.count > 50 { violate("tagKeys", nil, Self.atMost(50)) }
    let isWrong = keys.contains {
      !(1...128).contains($0.utf16.count) || !Pattern.tagKey.matches($0)
    }
    guard isWrong else { return }
    let limits = [
      Self.atMost(128), Self.atLeast(1), Self.pattern(.tagKey), "Member must not be null",
    ]
    violate(
      "tagKeys", nil, "Member must satisfy constraint: [\(limits.joined(separator: ", "))]")
  }

  /// Notes that a required member is absent.
  package mutating func missing(_ member: String) {
    violations.append(
      (member, "Value null at '\(member)' failed to satisfy constraint: Member must not be null"))
  }

  private mutating func violate(_ member: String, _ value: String?, _ rule: String) {
    let shown = quotesValues ? value.map { "'\($0)' " } ?? "" : ""
    violations.append(
      (member, "Value \(shown)at '\(member)' failed to satisfy constraint: \(rule)"))
  }

  private static func atMost(_ count: Int) -> String {
    "Member must have length less than or equal to \(count)"
  }

  private static func atLeast(_ count: Int) -> String {
    "Member must have length greater than or equal to \(count)"
  }

  private static func pattern(_ pattern: Pattern) -> String {
    "Member must satisfy regular expression pattern: \(pattern.text)"
  }

  /// AWS's sentence; nil where all members keep to their limits.
  package var objection: String? {
    guard !violations.isEmpty else { return nil }
    let texts = violations.sorted { $0.member.bytes < $1.member.bytes }.map(\.text).joined(
      separator: "; ")
    let noun = violations.count == 1 ? "error" : "errors"
    return "\(violations.count) validation \(noun) detected: \(texts)"
  }
}
