import Glibc
import JSON

/// What the values of a setting must look like, where a room above this one knows: a URL, a region.
package struct SettingForm: Sendable {
  /// What stands for a value in help, such as `URL`.
  package let placeholder: String
  /// Why the values of a setting are not acceptable, all of them together; nil where they are.
  ///
  /// The text continues "--flag", such as `must be twelve digits, not "1"`.
  package let objection: @Sendable (_ values: [String]) -> String?

  /// A form that values have together, such as names of which none may come twice.
  package init(
    _ placeholder: String, objection: @escaping @Sendable (_ values: [String]) -> String?
  ) {
    self.placeholder = placeholder
    self.objection = objection
  }

  /// A form that each value has by itself; `rule` says which, such as `must be twelve digits`.
  package init(
    _ placeholder: String, _ rule: String, accepts: @escaping @Sendable (String) -> Bool
  ) {
    self.init(placeholder) { values in
      values.first { !accepts($0) }.map { "\(rule), not \"\($0)\"" }
    }
  }
}

extension SettingForm {
  /// A host's name or address, without a port, such as `aws-api.internal` or `::1`; `*.` in front
  /// stands for any one label in a certificate.
  package static let host = SettingForm(
    "NAME", "must be a host's name or address, without a port"
  ) { text in
    var address = in6_addr()
    if inet_pton(AF_INET6, text, &address) == 1 { return true }
    let name = text.bytes.without(prefix: "*.") ?? text[...]
    guard let first = name.utf8.first, isAlphanumeric(first) || first == UInt8(ascii: "_") else {
      return false
    }
    return name.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
  }
}
