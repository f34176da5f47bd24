/// The lower case in which the operators that ignore case compare texts, as recorded from AWS.
///
/// It is Unicode's full mapping, with its rule for the final sigma: `ΟΣ` is `ος`, and `İ` becomes two
/// characters. Characters beyond the Basic Multilingual Plane stay as they are; they count as letters
/// beside a sigma. No normalization.
enum PolicyLowercase {
  /// A text in lower case.
  static func lowercased(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var lower = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      switch scalar.value {
      case 0x41...0x5A: lower.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
      case 0..<0x80, 0x1_0000...: lower.append(scalar)
      case 0x3A3: lower.append(isFinal(index, scalars) ? "\u{3C2}" : "\u{3C3}")
      default: lower.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(lower)
  }

  /// Whether a letter stands before a sigma and none behind it, marks and the like aside (Unicode,
  /// table "Context specification for casing": Final_Sigma).
  private static func isFinal(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let behind = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && behind?.properties.isCased != true
  }
}
