/// A text with `*` and `?`, and policy variables such as `${aws:PrincipalTag/team}`.
///
/// In Version 2008-10-17 variables are plain text. What a variable stands for is taken literally.
package struct PolicyPattern: Sendable, Hashable {
  private enum Element: Sendable, Hashable {
    case byte(UInt8)
    case anyRun
    case anyOne
    case variable(key: String, fallback: String?)
  }

  private let elements: [Element]
  /// The pattern as it was written.
  package let text: String
  /// Whether it is `*` alone.
  package var isEverything: Bool { elements == [.anyRun] }

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
        if elements.last != .anyRun { elements.append(.anyRun) }
      case UInt8(ascii: "?") where wildcards: elements.append(.anyOne)
      default: elements.append(.byte(byte))
      }
    }
    self.elements = elements
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
    if ["*", "?", "$"].contains(inner) { return (.byte(inner.utf8.first ?? 0), end) }
    let parts = inner.split(separator: ",", maxSplits: 1)
    guard let key = parts.first, !key.isEmpty else { return nil }
    var fallback: String?
    if parts.count == 2 {
      let quoted = parts[1].drop { $0 == " " }
      guard quoted.count >= 2, quoted.hasPrefix("'"), quoted.hasSuffix("'") else { return nil }
      fallback = String(quoted.dropFirst().dropLast())
    }
    return (.variable(key: String(key), fallback: fallback), end)
  }

  /// Whether a text matches; false where a variable has no value and no default.
  package func matches(
    _ text: String, ignoringCase: Bool = false, context: PolicyContext = PolicyContext()
  ) -> Bool {
    if isEverything { return true }
    guard let elements = resolved(context) else { return false }
    return Self.glob(elements, Array(text.utf8), ignoringCase: ignoringCase)
  }

  /// The pattern with its variables put in; nil where one has no value.
  private func resolved(_ context: PolicyContext) -> [Element]? {
    guard elements.contains(where: { if case .variable = $0 { true } else { false } }) else {
      return elements
    }
    var resolved: [Element] = []
    for element in elements {
      guard case .variable(let key, let fallback) = element else {
        resolved.append(element)
        continue
      }
      let values = context[key] ?? []
      guard let value = values.count == 1 ? values[0] : fallback else { return nil }
      resolved.append(contentsOf: value.utf8.map(Element.byte))
    }
    return resolved
  }

  /// The pattern's text with its variables put in, for messages.
  package func shown(_ context: PolicyContext) -> String {
    guard let elements = resolved(context) else { return text }
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

  /// Matches with one place to go back to, so that it takes at most length times length steps.
  private static func glob(
    _ pattern: [Element], _ text: [UInt8], ignoringCase: Bool
  ) -> Bool {
    var (place, position) = (0, 0)
    var (retryPlace, retryPosition) = (-1, 0)
    while position < text.count {
      if place < pattern.count, fits(pattern[place], text[position], ignoringCase) {
        place += 1
        // A `?` is one character, of however many bytes.
        position += pattern[place - 1] == .anyOne ? characterLength(text[position]) : 1
      } else if place < pattern.count, pattern[place] == .anyRun {
        retryPlace = place
        retryPosition = position
        place += 1
      } else if retryPlace >= 0 {
        place = retryPlace + 1
        retryPosition += 1
        position = retryPosition
      } else {
        return false
      }
    }
    while place < pattern.count, pattern[place] == .anyRun { place += 1 }
    return place == pattern.count
  }

  private static func fits(_ element: Element, _ byte: UInt8, _ ignoringCase: Bool) -> Bool {
    switch element {
    case .anyOne: return true
    case .byte(let expected):
      if expected == byte { return true }
      guard ignoringCase else { return false }
      return lower(expected) == lower(byte)
    case .anyRun, .variable: return false
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }

  private static func characterLength(_ first: UInt8) -> Int {
    switch first {
    case 0xC0..<0xE0: 2
    case 0xE0..<0xF0: 3
    case 0xF0...: 4
    default: 1
    }
  }
}

/// The condition keys of a request with their values; names compare without regard to case.
package struct PolicyContext: Sendable, ExpressibleByDictionaryLiteral {
  private var values: [String: [String]] = [:]

  /// No keys.
  package init() {}

  package init(dictionaryLiteral elements: (String, [String])...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The values of a key; nil where the request does not have it.
  package subscript(key: String) -> [String]? {
    get { values[key.lowercased()] }
    set { values[key.lowercased()] = newValue }
  }
}
