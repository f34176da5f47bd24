import AWSDoor

/// The patterns of EKS.
extension Constraints.Pattern {
  /// What can name a Kubernetes object: no control character, blank or slash.
  // The model has no pattern. What else Kubernetes refuses is left to it.
  static let objectName = Constraints.Pattern(text: #"^[\u0021-\u007E&&[^/]]+$"#) { text in
    text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "/") }
  }
}
