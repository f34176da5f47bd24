import AWSWire

/// A member of an answer in the query protocol, before it becomes XML.
package enum QueryValue: Sendable {
  case text(String)
  /// Members in order; those that are nil are left out.
  case structure([(name: String, value: QueryValue?)])
  /// Becomes one `member` element each.
  case list([QueryValue])
}

extension QueryValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
  package init(dictionaryLiteral elements: (String, QueryValue?)...) {
    self = .structure(elements.map { (name: $0.0, value: $0.1) })
  }

  /// `true` or `false`.
  package static func bool(_ value: Bool) -> QueryValue { .text(value ? "true" : "false") }
}

extension QueryValue {
  /// Writes the members of a structure or list, or the text.
  func write(to writer: inout XMLWriter) {
    switch self {
    case .text: break
    case .structure(let members):
      for (name, value) in members { value?.write(as: name, to: &writer) }
    case .list(let values):
      for value in values { value.write(as: "member", to: &writer) }
    }
  }

  /// Writes the value as an element.
  private func write(as name: String, to writer: inout XMLWriter) {
    if case .text(let text) = self {
      writer.element(name, text)
    } else {
      writer.element(name) { write(to: &$0) }
    }
  }
}
