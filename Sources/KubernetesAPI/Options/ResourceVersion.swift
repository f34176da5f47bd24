/// Revisions as callers name them (apiserver `pkg/storage/api_object_versioner.go`,
/// ParseResourceVersion).
enum ResourceVersion {
  /// The number; 0 for no text.
  static func parse(_ text: String) throws(ResourceVersionFailure) -> UInt64 {
    guard !text.isEmpty else { return 0 }
    do throws(GoNumberFailure) { return try GoNumber.unsigned(text) } catch {
      throw ResourceVersionFailure(
        description: "resourceVersion: Invalid value: \(GoText.quoted(text)): \(error)")
    }
  }
}

/// A revision that is none.
struct ResourceVersionFailure: Error, CustomStringConvertible {
  let description: String

  /// As a watch and a GET are answered, whose storage fails.
  var answer: StatusError { StatusError(500, "", description) }
}
