import JSON

/// A condition key that a service adds to requests, as AWS's service authorization reference has it.
package struct ConditionKey: Sendable {
  /// What values are.
  package enum ValueType: Sendable { case string, numeric }

  /// Its name; one that ends in `/`, such as `aws:RequestTag/`, stands for all that begin with it.
  package let name: String
  package let type: ValueType
  /// Whether it may have several values at once, so that conditions need `ForAnyValue` or
  /// `ForAllValues`.
  package let isMultivalued: Bool

  /// A key.
  package init(_ name: String, _ type: ValueType = .string, isMultivalued: Bool = false) {
    self.name = name
    self.type = type
    self.isMultivalued = isMultivalued
  }

  fileprivate func takes(_ values: [String]) -> Bool {
    (isMultivalued || values.count == 1)
      && (type == .string || values.allSatisfy { PolicyNumber($0) != nil })
  }
}

/// The condition keys of a service.
package struct ConditionKeys: Sendable, ExpressibleByArrayLiteral {
  /// A key that was set and is not declared, or not with such values.
  package struct Undeclared: Error {
    /// Its name as it was set.
    package let key: String
  }

  package let all: [ConditionKey]
  private let named: [ByteText: ConditionKey]
  private let families: [(prefix: ByteText, key: ConditionKey)]
  private let multivalued: Set<ByteText>

  /// These keys.
  package init(_ keys: [ConditionKey]) {
    all = keys
    let folded = keys.map { (prefix: $0.name.bytes.asciiLowercased, key: $0) }
    families = folded.filter { $0.prefix.hasSuffix("/") }
    named = Dictionary(folded.map { ($0.prefix, $0.key) }, uniquingKeysWith: { first, _ in first })
    multivalued = Set(folded.filter(\.key.isMultivalued).map(\.prefix))
  }

  package init(arrayLiteral keys: ConditionKey...) { self.init(keys) }

  /// A request's keys with `own` over them, which the service sets.
  package func adding(
    _ own: PolicyContext, to request: PolicyContext = [:]
  ) throws(Undeclared) -> PolicyContext {
    for (name, entry) in own.values {
      let key = named[name] ?? families.first { name.hasPrefix($0.prefix) }?.key
      guard key?.takes(entry.values) == true else { throw Undeclared(key: entry.name) }
    }
    var context = request
    context.merge(own)
    context.multivalued.formUnion(multivalued)
    return context
  }
}
