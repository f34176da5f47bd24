import HTTP
import JSON

/// What a list or a watch asks for (kubernetes/apimachinery `pkg/apis/meta/v1/types.go`, ListOptions).
struct ListOptions: Sendable {
  let labelSelector: LabelSelector?
  let fieldSelector: FieldSelector?
  let allowsBookmarks: Bool
  let resourceVersion: String
  let resourceVersionMatch: String
  /// Nil where it is not given.
  let timeoutSeconds: Int64?
  /// How many objects at most; all where it is not positive.
  let limit: Int64
  let continuation: String
  let sendsInitialEvents: Bool?

  /// Reads the options as apimachinery's codec does; those that are none are a bad request.
  init(_ query: QueryParameters, kind: ResourceKind) throws(StatusError) {
    resourceVersion = query["resourceVersion"] ?? ""
    resourceVersionMatch = query["resourceVersionMatch"] ?? ""
    allowsBookmarks = query.flag("allowWatchBookmarks")
    timeoutSeconds = try query.integer("timeoutSeconds")
    limit = try query.integer("limit") ?? 0
    continuation = query["continue"] ?? ""
    sendsInitialEvents = query.optionalFlag("sendInitialEvents")
    let labels = query["labelSelector"] ?? ""
    labelSelector = labels.isEmpty ? nil : try LabelSelector(labels)
    let fields = query["fieldSelector"] ?? ""
    fieldSelector = fields.isEmpty ? nil : try FieldSelector(fields, for: kind)
  }

  /// Refuses what does not go together in a list (apimachinery
  /// `pkg/apis/meta/internalversion/validation`, ValidateListOptions).
  func checkForList() throws(StatusError) {
    var causes: StatusError.Causes = []
    let match = "resourceVersionMatch"
    if !resourceVersionMatch.isEmpty {
      if resourceVersion.isEmpty {
        causes.append(.forbidden(match, "\(match) is forbidden unless resourceVersion is provided"))
      }
      if !continuation.isEmpty { causes.append(Self.matchWithContinue) }
      if !["Exact", "NotOlderThan"].contains(resourceVersionMatch.bytes) {
        causes.append(.unsupported(match, resourceVersionMatch, ["Exact", "NotOlderThan", ""]))
      }
      if resourceVersionMatch.bytes == "Exact", resourceVersion.bytes == "0" {
        causes.append(
          .forbidden(match, "\(match) \"exact\" is forbidden for resourceVersion \"0\""))
      }
    }
    if sendsInitialEvents != nil {
      causes.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
    }
    try Self.refuse(causes)
  }

  /// Refuses what does not go together in a watch (the same file, validateWatchOptions).
  func checkForWatch() throws(StatusError) {
    var causes: StatusError.Causes = []
    let match = "resourceVersionMatch"
    let isNotOlder = resourceVersionMatch.bytes == "NotOlderThan"
    if sendsInitialEvents != nil, !isNotOlder {
      causes.append(
        .forbidden(match, "sendInitialEvents requires setting \(match) to NotOlderThan"))
    }
    if !resourceVersionMatch.isEmpty {
      if sendsInitialEvents == nil {
        causes.append(
          .forbidden(match, "\(match) is forbidden for watch unless sendInitialEvents is provided"))
      }
      if !isNotOlder {
        causes.append(.unsupported(match, resourceVersionMatch, ["NotOlderThan"]))
      }
      if !continuation.isEmpty { causes.append(Self.matchWithContinue) }
    }
    try Self.refuse(causes)
  }

  private static var matchWithContinue: StatusError.Cause {
    .forbidden(
      "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided")
  }

  private static func refuse(_ causes: StatusError.Causes) throws(StatusError) {
    guard !causes.isEmpty else { return }
    throw .invalid(kind: "ListOptions", group: "meta.k8s.io", name: "", causes: causes)
  }
}
