import HTTP
import JSON

/// What a deletion asks for (kubernetes/apimachinery `pkg/apis/meta/v1/types.go`, DeleteOptions): of
/// the body, or of the query where there is none (apiserver `pkg/endpoints/handlers/delete.go`).
struct DeleteOptions: Sendable {
  let isDryRun: Bool
  /// `uid` and `resourceVersion` that the object must have.
  let preconditions: JSON?

  /// Reads and judges the options.
  init(_ request: HTTPRequest, _ query: QueryParameters) throws(StatusError) {
    var causes: StatusError.Causes = []
    let dryRun: [String]
    let policy: String?
    let orphans: Bool?
    if request.body.isEmpty {
      _ = try query.integer("gracePeriodSeconds")
      orphans = query.optionalFlag("orphanDependents")
      policy = query["propagationPolicy"]
      dryRun = query.all("dryRun")
      preconditions = nil
    } else {
      let body = try RequestBody.deleteOptions(of: request)
      orphans = body["orphanDependents"]?.bool
      policy = body["propagationPolicy"]?.string
      dryRun = body["dryRun"]?.strings ?? []
      preconditions = body["preconditions"]
    }
    if let policy {
      let policies = ["Foreground", "Background", "Orphan"]
      if orphans != nil {
        causes.append(
          .invalidValue(
            "propagationPolicy", GoText.quoted(policy),
            "orphanDependents and deletionPropagation cannot be both set"))
      }
      if !policies.contains(policy.bytes) {
        causes.append(.unsupported("propagationPolicy", policy, policies + ["nil"]))
      }
    }
    isDryRun = DryRun.isAsked(dryRun, &causes)
    guard causes.isEmpty else {
      throw .invalid(kind: "DeleteOptions", group: "meta.k8s.io", name: "", causes: causes)
    }
  }
}
