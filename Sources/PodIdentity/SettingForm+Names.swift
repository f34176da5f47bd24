import JSON
package import Platform

extension SettingForm {
  /// An account's number.
  package static let account = SettingForm("ID", "must be twelve digits") { text in
    text.utf8.count == 12 && text.utf8.allSatisfy(isDigit)
  }

  /// A region's name, which SDKs make part of host names.
  package static let region = SettingForm("REGION", "must be a region's name, such as us-east-1") {
    text in
    text.utf8.count <= 63 && isLabel(text)
  }

  /// A cluster's name, as EKS takes it (EKS API reference, CreateCluster).
  package static let clusterName = SettingForm(
    "NAME",
    "must be a cluster's name: a letter or digit, then letters, digits, - and _, at most 100"
  ) { isClusterName($0) }

  /// A node's name: a lowercase RFC 1123 subdomain, as an API server takes it.
  package static let nodeName = SettingForm(
    "NAME", "must be a node's name: lower-case letters, digits, - and ."
  ) { text in
    text.utf8.count <= 253
      && text.bytes.split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy { isLabel(String($0)) }
  }

  private static func isClusterName(_ text: String) -> Bool {
    guard 1...100 ~= text.utf8.count, let first = text.utf8.first, isAlphanumeric(first) else {
      return false
    }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  private static func isLower(_ byte: UInt8) -> Bool { isDigit(byte) || 0x61...0x7A ~= byte }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLower(byte) || 0x41...0x5A ~= byte
  }

  /// Lower-case letters, digits and hyphens, with no hyphen at either end.
  private static func isLabel(_ text: String) -> Bool {
    guard let first = text.utf8.first, let last = text.utf8.last, isLower(first), isLower(last)
    else { return false }
    return text.utf8.allSatisfy { isLower($0) || $0 == 0x2D }
  }
}
