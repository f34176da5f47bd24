import HTTP
import JSON

/// What a creation, update or patch asks for (kubernetes/apimachinery `pkg/apis/meta/v1/types.go`:
/// CreateOptions, UpdateOptions, PatchOptions; judged as `pkg/apis/meta/v1/validation` does).
struct WriteOptions: Sendable {
  /// Which of the three.
  enum Kind: String, Sendable {
    case create = "CreateOptions"
    case update = "UpdateOptions"
    case patch = "PatchOptions"
  }

  /// Whether everything happens but the change.
  let isDryRun: Bool
  /// What is done about fields that a kind does not have: `Strict`, `Warn` or `Ignore`.
  let fieldValidation: String

  /// Reads and judges the options; `force` and `fieldManager` belong to server-side apply, and are
  /// judged alone.
  init(_ query: QueryParameters, _ kind: Kind) throws(StatusError) {
    var causes: StatusError.Causes = []
    let manager = query["fieldManager"] ?? ""
    if kind == .patch, query.optionalFlag("force") != nil {
      causes.append(.forbidden("force", "may not be specified for non-apply patch"))
    }
    if manager.utf8.count > 128 {
      causes.append(.tooLong("fieldManager", "may not be more than 128 bytes"))
    }
    for index in manager.unicodeScalars.indices
    where !GoText.isPrintable(manager.unicodeScalars[index]) {
      let scalar = manager.unicodeScalars[index]
      let place = manager.utf8.distance(from: manager.startIndex, to: index)
      causes.append(
        .invalidValue(
          "fieldManager", GoText.quoted(manager),
          "invalid character \(GoText.codePoint(scalar)) (at position \(place))"))
    }
    isDryRun = DryRun.isAsked(query.all("dryRun"), &causes)
    let validation = query["fieldValidation"] ?? ""
    if !["", "Ignore", "Strict", "Warn"].contains(validation.bytes) {
      causes.append(
        .unsupported("fieldValidation", validation, ["", "Ignore", "Strict", "Warn"]))
    }
    fieldValidation = validation.isEmpty ? "Warn" : validation
    guard causes.isEmpty else {
      throw .invalid(kind: kind.rawValue, group: "meta.k8s.io", name: "", causes: causes)
    }
  }
}
