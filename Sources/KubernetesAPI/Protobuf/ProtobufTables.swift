import JSON

/// The field numbers of what is not stored, and of what every kind has, as clients send them in protobuf
/// (`generated.proto` of kubernetes/api and kubernetes/apimachinery, 0.32).
extension ProtobufMessage {
  /// The message of a kind; nil for a kind that is taken as JSON alone.
  static func table(apiVersion: String, kind: String) -> ProtobufMessage? {
    if let stored = ResourceKind.of(apiVersion: apiVersion, kind: kind) { return stored.protobuf }
    return switch (apiVersion.bytes, kind.bytes) {
    case (_, "DeleteOptions"): deleteOptions
    case ("authentication.k8s.io/v1", "TokenRequest"): tokenRequest
    case ("authentication.k8s.io/v1", "TokenReview"): tokenReview
    case ("authentication.k8s.io/v1", "SelfSubjectReview"),
      ("authentication.k8s.io/v1beta1", "SelfSubjectReview"):
      object(spec: nil, status: ProtobufMessage(fields: [1: ("userInfo", .message(userInfo))]))
    case ("authorization.k8s.io/v1", "SelfSubjectAccessReview"),
      ("authorization.k8s.io/v1", "SubjectAccessReview"):
      object(spec: accessReviewSpec, status: accessReviewStatus)
    case ("authorization.k8s.io/v1", "SelfSubjectRulesReview"):
      object(spec: ProtobufMessage(fields: [1: ("namespace", .text)]), status: nil)
    default: nil
    }
  }

  /// Metadata of every object.
  static let objectMeta = ProtobufMessage(fields: [
    1: ("name", .text), 2: ("generateName", .text), 3: ("namespace", .text),
    4: ("selfLink", .text), 5: ("uid", .text), 6: ("resourceVersion", .text),
    7: ("generation", .integer), 8: ("creationTimestamp", .time),
    9: ("deletionTimestamp", .time), 10: ("deletionGracePeriodSeconds", .optionalInteger),
    11: ("labels", .textMap), 12: ("annotations", .textMap),
    13: ("ownerReferences", .messages(ownerReference)), 14: ("finalizers", .strings),
    17: ("managedFields", .messages(managedFieldsEntry)),
  ])
  private static let ownerReference = ProtobufMessage(fields: [
    1: ("kind", .text), 3: ("name", .text), 4: ("uid", .text), 5: ("apiVersion", .text),
    6: ("controller", .bool), 7: ("blockOwnerDeletion", .bool),
  ])
  private static let managedFieldsEntry = ProtobufMessage(fields: [
    1: ("manager", .text), 2: ("operation", .text), 3: ("apiVersion", .text), 4: ("time", .time),
    6: ("fieldsType", .text), 7: ("fieldsV1", .rawJSON), 8: ("subresource", .text),
  ])
  /// A reference to an object of any kind.
  static let objectReference = ProtobufMessage(fields: [
    1: ("kind", .text), 2: ("namespace", .text), 3: ("name", .text), 4: ("uid", .text),
    5: ("apiVersion", .text), 6: ("resourceVersion", .text), 7: ("fieldPath", .text),
  ])
  /// A reference to an object of the same namespace.
  static let localObjectReference = ProtobufMessage(fields: [1: ("name", .text)])

  private static let deleteOptions = ProtobufMessage(fields: [
    1: ("gracePeriodSeconds", .optionalInteger),
    2: (
      "preconditions",
      .message(ProtobufMessage(fields: [1: ("uid", .text), 2: ("resourceVersion", .text)]))
    ),
    3: ("orphanDependents", .bool), 4: ("propagationPolicy", .text), 5: ("dryRun", .strings),
  ])
  private static let tokenRequest = object(
    spec: ProtobufMessage(fields: [
      1: ("audiences", .strings),
      3: (
        "boundObjectRef",
        .message(
          ProtobufMessage(fields: [
            1: ("kind", .text), 2: ("apiVersion", .text), 3: ("name", .text), 4: ("uid", .text),
          ]))
      ),
      4: ("expirationSeconds", .optionalInteger),
    ]),
    status: ProtobufMessage(fields: [1: ("token", .text), 2: ("expirationTimestamp", .time)]))
  private static let userInfo = ProtobufMessage(fields: [
    1: ("username", .text), 2: ("uid", .text), 3: ("groups", .strings), 4: ("extra", .stringsMap),
  ])
  private static let tokenReview = object(
    spec: ProtobufMessage(fields: [1: ("token", .text), 2: ("audiences", .strings)]),
    status: ProtobufMessage(fields: [
      1: ("authenticated", .bool), 2: ("user", .message(userInfo)), 3: ("error", .text),
      4: ("audiences", .strings),
    ]))
  private static let accessReviewSpec = ProtobufMessage(fields: [
    1: (
      "resourceAttributes",
      .message(
        ProtobufMessage(fields: [
          1: ("namespace", .text), 2: ("verb", .text), 3: ("group", .text), 4: ("version", .text),
          5: ("resource", .text), 6: ("subresource", .text), 7: ("name", .text),
        ]))
    ),
    2: (
      "nonResourceAttributes",
      .message(ProtobufMessage(fields: [1: ("path", .text), 2: ("verb", .text)]))
    ),
    3: ("user", .text), 4: ("groups", .strings), 5: ("extra", .stringsMap), 6: ("uid", .text),
  ])
  private static let accessReviewStatus = ProtobufMessage(fields: [
    1: ("allowed", .bool), 2: ("reason", .text), 3: ("evaluationError", .text),
    4: ("denied", .bool),
  ])

  /// An object of metadata, a spec and a status, as far as it has them.
  static func object(spec: ProtobufMessage?, status: ProtobufMessage?) -> ProtobufMessage {
    var fields: [UInt64: (name: String, kind: Kind)] = [1: ("metadata", .message(objectMeta))]
    if let spec { fields[2] = ("spec", .message(spec)) }
    if let status { fields[spec == nil ? 2 : 3] = ("status", .message(status)) }
    return ProtobufMessage(fields: fields)
  }
}
