import JSON

/// The members of the types that a kind is made of, for decoding, OpenAPI and `explain`.
///
/// The tables are words. A name alone is a text; `:bool`, `:int32`, `:int64`, `:quantity` and `:any`
/// say what else it is, another word the type whose members it has; `[]` before that makes it a list, `{}` a
/// map of texts or quantities. What is below `any` is taken as it is.
struct FieldSchema: Sendable {
  /// What a member's value, or each item of a list, is.
  enum Shape: Sendable {
    case text
    case bool
    case int32
    case int64
    case quantity
    case any
    case type(String)
  }

  /// A member of a type.
  struct Field: Sendable {
    let name: String
    let isList: Bool
    let isMap: Bool
    let shape: Shape

    /// Reads a word of the tables.
    init(_ word: Substring) {
      let parts = word.bytes.split(separator: ":")
      var name = parts[0]
      isList = name.bytes.hasSuffix("[]")
      isMap = name.bytes.hasSuffix("{}")
      if isList || isMap { name.removeLast(2) }
      self.name = String(name)
      shape =
        switch parts.count > 1 ? parts[1].bytes : "" {
        case "": .text
        case "bool": .bool
        case "int32": .int32
        case "int64": .int64
        case "quantity": .quantity
        case "any": .any
        case let type: .type(type.string)
        }
    }
  }

  /// The members of each type, by the type's name.
  let types: [ByteText: [Field]]

  /// A schema of these types and of others that it shares.
  init(_ text: [ByteText: String], adding shared: [ByteText: [Field]] = [:]) {
    types = text.mapValues { $0.bytes.split(separator: " ").map { Field($0) } }
      .merging(shared) { own, _ in own }
  }

  /// The members of a type; nil where the type is not known.
  func fields(of type: String) -> [Field]? { types[type.bytes] }

  /// What objects of every kind hold (kubernetes/apimachinery `meta/v1/types.go`, and references of
  /// kubernetes/api `core/v1/types.go`).
  static let common = FieldSchema([
    "ObjectMeta": """
    annotations{} creationTimestamp deletionGracePeriodSeconds:int64 deletionTimestamp \
    finalizers[] generateName generation:int64 labels{} managedFields[]:any name namespace \
    ownerReferences[]:OwnerReference resourceVersion selfLink uid
    """,
    "OwnerReference": "apiVersion blockOwnerDeletion:bool controller:bool kind name uid",
    "ObjectReference": "apiVersion fieldPath kind name namespace resourceVersion uid",
    "LocalObjectReference": "name",
  ]).types

  /// What is not stored: tokens, reviews, options.
  static let reviews = FieldSchema(reviewTypes, adding: common)

  private static let reviewTypes: [ByteText: String] = [
    "DeleteOptions": """
    apiVersion dryRun[] gracePeriodSeconds:int64 \
    ignoreStoreReadErrorWithClusterBreakingPotential:bool kind orphanDependents:bool \
    preconditions:Preconditions propagationPolicy
    """,
    "Preconditions": "resourceVersion uid",
    "TokenRequest": """
    apiVersion kind metadata:ObjectMeta spec:TokenRequestSpec status:TokenRequestStatus
    """,
    "TokenRequestSpec": """
    audiences[] boundObjectRef:BoundObjectReference expirationSeconds:int64
    """,
    "TokenRequestStatus": "expirationTimestamp token",
    "BoundObjectReference": "apiVersion kind name uid",
    "TokenReview": "apiVersion kind metadata:ObjectMeta spec:TokenReviewSpec status:any",
    "TokenReviewSpec": "audiences[] token",
    "SelfSubjectReview": "apiVersion kind metadata:ObjectMeta status:any",
    "SelfSubjectAccessReview": "apiVersion kind metadata:ObjectMeta spec:AccessSpec status:any",
    "SubjectAccessReview": "apiVersion kind metadata:ObjectMeta spec:AccessSpec status:any",
    "AccessSpec": """
    extra:any groups[] nonResourceAttributes:NonResourceAttributes \
    resourceAttributes:ResourceAttributes uid user
    """,
    "ResourceAttributes": """
    fieldSelector:any group labelSelector:any name namespace resource subresource verb version
    """,
    "NonResourceAttributes": "path verb",
    "SelfSubjectRulesReview": "apiVersion kind metadata:ObjectMeta spec:RulesSpec status:any",
    "RulesSpec": "namespace",
  ]
}
