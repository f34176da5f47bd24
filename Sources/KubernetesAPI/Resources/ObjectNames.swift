import JSON

/// The forms of names, labels and annotations (kubernetes/apimachinery `pkg/util/validation`).
enum ObjectNames {
  private static let subdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    + "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  private static let labelRule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  private static let valueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    + "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  private static let keyRule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
    + "an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    + "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

  /// What is wrong with an object's name.
  static func objection(toName name: String, of kind: ResourceKind) -> String? {
    let limit = kind.nameRule == .label ? 63 : 253
    if name.utf8.count > limit { return "must be no more than \(limit) characters" }
    return switch kind.nameRule {
    case .label: isLabel(name) ? nil : labelRule
    case .subdomain: isSubdomain(name) ? nil : subdomainRule
    case .any: nil
    }
  }

  /// What is wrong with a label's value.
  static func objection(toLabelValue value: String) -> String? {
    if value.utf8.count > 63 { return "must be no more than 63 bytes" }
    return value.isEmpty || isNamePart(value) ? nil : valueRule
  }

  /// What is wrong with the key of a label or annotation.
  static func objection(toKey key: String) -> String? { isQualifiedName(key) ? nil : keyRule }

  /// `name` or `example.com/name`.
  static func isQualifiedName(_ text: String) -> Bool {
    let parts = text.bytes.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, parts.count <= 2, name.utf8.count <= 63,
      isNamePart(String(name))
    else { return false }
    return parts.count == 1 || (isSubdomain(String(parts[0])) && parts[0].utf8.count <= 253)
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    0x61...0x7A ~= byte || 0x30...0x39 ~= byte
  }

  /// RFC 1123's label, in lower case.
  static func isLabel(_ text: some StringProtocol) -> Bool {
    let text = String(text)
    guard let first = text.utf8.first, let last = text.utf8.last, isLower(first), isLower(last)
    else { return false }
    return text.utf8.allSatisfy { isLower($0) || $0 == UInt8(ascii: "-") }
  }

  /// Labels with dots between.
  static func isSubdomain(_ text: String) -> Bool {
    text.bytes.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
  }

  /// A key of a ConfigMap or a Secret (apimachinery `IsConfigMapKey`).
  static func isDataKey(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 253 && ![".", ".."].contains(text.bytes)
      && text.utf8.allSatisfy {
        isLower($0) || 0x41...0x5A ~= $0 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }

  private static func isNamePart(_ text: String) -> Bool {
    func isEdge(_ byte: UInt8) -> Bool { isLower(byte) || 0x41...0x5A ~= byte }
    guard let first = text.utf8.first, let last = text.utf8.last, isEdge(first), isEdge(last)
    else { return false }
    return text.utf8.allSatisfy { isEdge($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }
}
