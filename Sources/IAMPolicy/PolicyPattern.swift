import JSON

/// A text with `*` and `?`, and policy variables such as `${aws:PrincipalTag/team}`.
///
/// In Version 2008-10-17 variables are plain text. What a variable stands for is taken literally.
package struct PolicyPattern: Sendable {
  enum Element: Sendable {
    case byte(UInt8)
    case anyRun
    case anyOne
    case variable(key: String, fallback: String?)

    var isAnyRun: Bool { if case .anyRun = self { true } else { false } }
  }

  let elements: [Element]
  /// How many of them are `*`, and whether one is a variable.
  private let runs: Int
  private let hasVariables: Bool
  /// Whether it has neither variables nor characters beyond ASCII.
  let isPlain: Bool
  /// The pattern as it was written.
  package let text: String
  /// Whether it is `*` alone.
  package var isEverything: Bool { elements.count == 1 && elements[0].isAnyRun }

  /// Reads a pattern; `wildcards: false` takes `*` and `?` as they are.
  package init(_ text: String, wildcards: Bool = true, variables: Bool = true) {
    self.text = text
    var elements: [Element] = []
    var rest = text.utf8[...]
    while let byte = rest.first {
      if variables, byte == UInt8(ascii: "$"), let (parsed, end) = Self.variable(rest) {
        elements.append(parsed)
        rest = rest[end...]
        continue
      }
      rest = rest.dropFirst()
      switch byte {
      case UInt8(ascii: "*") where wildcards:
        if elements.last?.isAnyRun != true { elements.append(.anyRun) }
      case UInt8(ascii: "?") where wildcards: elements.append(.anyOne)
      default: elements.append(.byte(byte))
      }
    }
    self.elements = elements
    runs = elements.count(where: \.isAnyRun)
    hasVariables = elements.contains { if case .variable = $0 { true } else { false } }
    isPlain = !hasVariables && text.utf8.allSatisfy { $0 < 0x80 }
  }

  /// `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves.
  private static func variable(
    _ rest: Substring.UTF8View
  ) -> (Element, Substring.UTF8View.Index)? {
    guard rest.dropFirst().first == UInt8(ascii: "{"),
      let close = rest.firstIndex(of: UInt8(ascii: "}"))
    else { return nil }
    let end = rest.index(after: close)
    let inner = String(Substring(rest.dropFirst(2)[..<close]))
    if ["*", "?", "$"].contains(inner.bytes) { return (.byte(inner.utf8.first ?? 0), end) }
    let parts = inner.bytes.split(separator: ",", maxSplits: 1)
    guard let key = parts.first, !key.isEmpty else { return nil }
    var fallback: String?
    if parts.count == 2 {
      let quoted = parts[1].utf8.drop { $0 == UInt8(ascii: " ") }
      let quote = UInt8(ascii: "'")
      guard quoted.count >= 2, quoted.first == quote, quoted.last == quote else { return nil }
      fallback = String(Substring(quoted.dropFirst().dropLast()))
    }
    return (.variable(key: String(key), fallback: fallback), end)
  }

  /// The pattern with its variables put in; nil where one has no value, or where no text of
  /// `length` bytes can match it: all of a pattern but its `*` takes a byte at least.
  func resolved(_ context: PolicyContext, fitting length: Int? = nil) -> [Element]? {
    let limit = length.map { $0 + runs } ?? Int.max
    guard hasVariables else { return elements.count <= limit ? elements : nil }
    var resolved: [Element] = []
    for element in elements {
      guard case .variable(let key, let fallback) = element else {
        resolved.append(element)
        continue
      }
      guard let value = Self.value(of: key, fallback, context),
        value.utf8.count + resolved.count <= limit,
        context.take(value.utf8.count * Self.stepsToPutIn + 16)
      else { return nil }
      resolved.append(contentsOf: value.utf8.lazy.map(Element.byte))
    }
    return resolved.count <= limit ? resolved : nil
  }

  /// How many steps of a match a byte of a variable's value takes as long as.
  private static let stepsToPutIn = 8

  static func value(
    of key: String, _ fallback: String?, _ context: PolicyContext
  ) -> String? {
    // Recorded from AWS: a key that may have several values is no variable, even with a default.
    guard !context.isMultivalued(key) else { return nil }
    let values = context[key] ?? []
    return values.count == 1 ? values[0] : fallback
  }

  /// The same for messages, where long values of variables are cut.
  package func shown(_ context: PolicyContext) -> String {
    var shown: [Element] = []
    for element in elements {
      guard case .variable(let key, let fallback) = element else {
        shown.append(element)
        continue
      }
      guard let value = Self.value(of: key, fallback, context) else { return text }
      let room = max(0, Self.shownLimit - shown.count)
      shown.append(contentsOf: value.utf8.prefix(room).map(Element.byte))
      if value.utf8.count > room { shown.append(contentsOf: "...".utf8.map(Element.byte)) }
    }
    return Self.text(shown[...])
  }

  /// Behind how many bytes nothing is put in for a variable in a message.
  private static let shownLimit = 1024

  static func text(_ elements: ArraySlice<Element>) -> String {
    let bytes = elements.map { element -> UInt8 in
      switch element {
      case .byte(let byte): byte
      case .anyRun: UInt8(ascii: "*")
      case .anyOne: UInt8(ascii: "?")
      case .variable: UInt8(ascii: "$")
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
