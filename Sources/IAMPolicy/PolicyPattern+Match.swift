import JSON

/// Whether texts match a pattern.
extension PolicyPattern {
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

  /// Whether a text is the same but for case.
  func equalsIgnoringCase(_ text: String, context: PolicyContext) -> Bool {
    if isPlain, text.utf8.allSatisfy({ $0 < 0x80 }) {
      return matches(text, ignoringCase: true, context: context)
    }
    // In lower case a character has a third of its bytes at least, and three halves at most.
    guard context.take((elements.count + text.utf8.count) * Self.stepsToLower + 4),
      let elements = resolved(context, fitting: text.utf8.count * 5),
      context.take(elements.count * Self.stepsToLower)
    else { return false }
    let wanted = PolicyLowercase.lowercased(Self.text(elements[...]))
    return wanted.bytes == PolicyLowercase.lowercased(text).bytes
  }

  /// How many steps of a match a byte takes as long as to be brought to lower case.
  private static let stepsToLower = 8

  static func fits(
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
      case .anyOne: places.append(.anyUnit)
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

  /// Matches with one place to go back to, so that it takes at most length times length steps.
  private static func glob(
    _ pattern: [Element], _ text: [UInt8], ignoringCase: Bool
  ) -> (isMatch: Bool, steps: Int) {
    var (place, position) = (0, 0)
    var (retryPlace, retryPosition) = (-1, 0)
    var steps = 0
    while position < text.count {
      steps += 1
      let length = place < pattern.count ? fits(pattern[place], text, position, ignoringCase) : 0
      if length > 0 {
        place += 1
        position += length
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

  /// How many bytes of the text an element takes; 0 where it does not fit.
  private static func fits(
    _ element: Element, _ text: [UInt8], _ position: Int, _ ignoringCase: Bool
  ) -> Int {
    switch element {
    case .anyOne: return GlobAutomaton.unitLength(text, position)
    case .byte(let expected):
      let byte = text[position]
      if expected == byte { return 1 }
      return ignoringCase && lower(expected) == lower(byte) ? 1 : 0
    case .anyRun, .variable: return 0
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }
}
