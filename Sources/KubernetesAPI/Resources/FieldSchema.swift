/// The members of the types that this server takes, for decoding, OpenAPI and `explain`.
///
/// The tables are words. A name alone is a text; `:bool`, `:int32`, `:int64` and `:any` say what
/// else it is, another word the type whose members it has; `[]` before that makes it a list, `{}` a
/// map of texts. What is below `any` is taken as it is.
enum FieldSchema {
  /// What a member's value, or each item of a list, is.
  enum Shape: Sendable, Hashable {
    case text
    case bool
    case int32
    case int64
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
      let parts = word.split(separator: ":")
      var name = parts[0]
      isList = name.hasSuffix("[]")
      isMap = name.hasSuffix("{}")
      if isList || isMap { name.removeLast(2) }
      self.name = String(name)
      shape =
        switch parts.count > 1 ? parts[1] : "" {
        case "": .text
        case "bool": .bool
        case "int32": .int32
        case "int64": .int64
        case "any": .any
        case let type: .type(String(type))
        }
    }
  }

  /// The members of each type of the core group, and of what its objects hold.
  static let core = fields(coreText)
  /// The members of what is not stored: tokens, reviews, options.
  static let others = fields(otherText)

  private static func fields(_ text: [String: String]) -> [String: [Field]] {
    text.mapValues { $0.split(separator: " ").map { Field($0) } }
  }

  /// The members of a type; nil where the type is not known.
  static func fields(of type: String) -> [Field]? { core[type] ?? others[type] }

  private static let otherText: [String: String] = [
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
