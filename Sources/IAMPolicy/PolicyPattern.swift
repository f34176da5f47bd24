import JSON

/// A text with `*` and `?`, and policy variables such as `${aws:PrincipalTag/team}`.
///
/// In Version 2008-10-17 variables are plain text. What a variable stands for is taken literally.
package struct PolicyPattern: Sendable {
  private enum Element: Sendable {
    case byte(UInt8)
    case anyRun
    case anyOne
    case variable(key: String, fallback: String?)

    var isAnyRun: Bool { if case .anyRun = self { true } else { false } }
    var isAnyOne: Bool { if case .anyOne = self { true } else { false } }
  }

  private let elements: [Element]
  /// How many of them are `*`, and whether one is a variable.
  private let runs: Int
  private let hasVariables: Bool
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

  /// Whether a text matches; false where a variable has no value and no default.
  package func matches(
    _ text: String, ignoringCase: Bool = false, context: PolicyContext = PolicyContext()
  ) -> Bool {
    if isEverything { return true }
    guard context.take(elements.count / 8 + text.utf8.count / 16 + 4),
      let elements = resolved(context, fitting: text.utf8.count)
    else { return false }
    return Self.fits(elements[...], Array(text.utf8), ignoringCase, context)
  }

  /// Whether an ARN matches: each of the six parts on its own, since a wildcard does not reach over
  /// a colon.
  func matches(arn: String, context: PolicyContext) -> Bool {
    guard context.take(elements.count / 8 + arn.utf8.count + 4),
      let elements = resolved(context, fitting: arn.utf8.count)
    else { return false }
    let colon = UInt8(ascii: ":")
    let actual = arn.utf8.split(separator: colon, maxSplits: 5, omittingEmptySubsequences: false)
    let wanted = elements.split(maxSplits: 5, omittingEmptySubsequences: false) {
      if case .byte(colon) = $0 { true } else { false }
    }
    guard actual.count == 6, wanted.count == 6 else { return isEverything }
    return zip(actual, wanted).allSatisfy { Self.fits($1, Array($0), false, context) }
  }

  private static func fits(
    _ pattern: ArraySlice<Element>, _ text: [UInt8], _ ignoringCase: Bool,
    _ context: PolicyContext
  ) -> Bool {
    guard pattern.count * text.count > stepsLimit else {
      let (isMatch, steps) = glob(Array(pattern), text, ignoringCase: ignoringCase)
      return context.take(steps) && isMatch
    }
    let words = pattern.count / 64 + 1
    return context.take((words + 8) * (text.count + 256))
      && automaton(pattern, ignoringCase: ignoringCase).matches(text)
  }

  /// Up to how many steps going back to the last `*` is taken; usual patterns are far below it.
  private static let stepsLimit = 1 << 18

  private static func automaton(
    _ pattern: ArraySlice<Element>, ignoringCase: Bool
  ) -> GlobAutomaton {
    var places: [GlobAutomaton.Place] = []
    var behindRun: [Int] = []
    for element in pattern {
      switch element {
      case .byte(let byte): places.append(.byte(byte))
      case .anyOne: places.append(.anyCharacter)
      case .anyRun: behindRun.append(places.count)
      case .variable: continue
      }
    }
    return GlobAutomaton(places, behindRun: behindRun, ignoringCase: ignoringCase)
  }

  /// Whether both ways to match agree, for tests: nil where they do not.
  func agreed(_ text: String, ignoringCase: Bool) -> Bool? {
    let bytes = Array(text.utf8)
    let short = Self.glob(elements, bytes, ignoringCase: ignoringCase).isMatch
    let long = Self.automaton(elements[...], ignoringCase: ignoringCase).matches(bytes)
    return short == long ? short : nil
  }

  /// The pattern with its variables put in; nil where one has no value, or where no text of
  /// `length` bytes can match it: all of a pattern but its `*` takes a byte at least.
  private func resolved(_ context: PolicyContext, fitting length: Int? = nil) -> [Element]? {
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

  private static func value(
    of key: String, _ fallback: String?, _ context: PolicyContext
  ) -> String? {
    // Recorded from AWS: a key that may have several values is no variable, even with a default.
    guard !context.isMultivalued(key) else { return nil }
    let values = context[key] ?? []
    return values.count == 1 ? values[0] : fallback
  }

  /// The pattern's text with its variables put in; as it was written where one has no value.
  func value(_ context: PolicyContext) -> String {
    resolved(context).map { Self.text($0[...]) } ?? text
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

  private static func text(_ elements: ArraySlice<Element>) -> String {
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
  ) -> (isMatch: Bool, steps: Int) {
    var (place, position) = (0, 0)
    var (retryPlace, retryPosition) = (-1, 0)
    var steps = 0
    while position < text.count {
      steps += 1
      if place < pattern.count, fits(pattern[place], text[position], ignoringCase) {
        place += 1
        // A `?` is one character, of however many bytes.
        position += pattern[place - 1].isAnyOne ? characterLength(text[position]) : 1
      } else if place < pattern.count, pattern[place].isAnyRun {
        retryPlace = place
        retryPosition = position
        place += 1
      } else if retryPlace >= 0 {
        place = retryPlace + 1
        retryPosition += 1
        position = retryPosition
      } else {
        return (false, steps)
      }
    }
    while place < pattern.count, pattern[place].isAnyRun { place += 1 }
    return (place == pattern.count, steps)
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
