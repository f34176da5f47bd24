import AWSDoor

/// The patterns of EKS Auth's model.
extension Constraints.Pattern {
  /// A cluster's name.
  static let clusterName = Constraints.Pattern(
    text: #"^[0-9A-Za-z][A-Za-z0-9\-_]*"#
  ) { text in
    guard let first = text.utf8.first, first != 0x2D, first != 0x5F else { return false }
    return text.unicodeScalars.allSatisfy { isWord($0) || $0 == "-" }
  }
  /// A compact JWT: three parts between dots.
  static let jwt = Constraints.Pattern(
    text: #"^[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+$"#
  ) { text in
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 3
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy {
            0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0
              || $0 == 0x2D || $0 == 0x5F || $0 == 0x3D
          }
      }
  }
}
