/// The version of all executables, which are released together.
package enum Version {
  /// Semantic version, without `v`.
  package static let current = "0.1.0"
}
