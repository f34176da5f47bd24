import JSON

/// The condition keys of a request with their values; names compare without regard to ASCII case.
package struct PolicyContext: Sendable, ExpressibleByDictionaryLiteral {
  var values: [ByteText: (name: String, values: [String])] = [:]
  /// Keys of services that may have several values, in lower case.
  var multivalued: Set<ByteText> = []
  /// What holding policies against them may cost; nil for no bound.
  var work: PolicyWork?

  /// No keys.
  package init() {}

  package init(dictionaryLiteral elements: (String, [String])...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The keys as they were written.
  package var names: [String] { values.values.map(\.name) }

  /// Takes steps of the work; false where they are spent.
  func take(_ steps: Int) -> Bool { work?.take(steps) ?? true }

  /// The values of a key; nil where the request does not have it.
  package subscript(key: String) -> [String]? {
    get { values[key.bytes.asciiLowercased]?.values }
    set { values[key.bytes.asciiLowercased] = newValue.map { (key, $0) } }
  }
}
