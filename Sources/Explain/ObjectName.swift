/// Names of objects in a cluster (RFC 1123 subdomains, as kube-apiserver checks them).
enum ObjectName {
  /// Whether a text can be one; references in manifests are not checked by anybody else.
  static func isValid(_ text: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x7A ~= byte }
    let bytes = Array(text.utf8)
    guard (1...253).contains(bytes.count), let first = bytes.first, let last = bytes.last,
      isPlain(first), isPlain(last)
    else { return false }
    return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }
}
