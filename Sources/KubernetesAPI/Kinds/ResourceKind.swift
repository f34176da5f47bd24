import JSON

/// Everything that the server knows of one kind of stored object: its names, its schema, its rules,
/// and how it is shown.
///
/// Storage, routing, discovery, OpenAPI, lists, watches and patches read this. Reviews and token
/// requests are not stored and are not here. To add a kind, describe it in a file of this folder and
/// enter it in ``all``.
final class ResourceKind: Sendable {
  /// The API group; empty for the core group.
  let group: String
  let version: String
  let kind: String
  /// The plural name, as paths have it.
  let name: String
  let singular: String
  let shortNames: [String]
  let isNamespaced: Bool
  let categories: [String]
  /// Whether `/status` can be written apart from the rest.
  let hasStatus: Bool
  /// Further subresources that are served.
  let subresources: [Subresource]
  /// Whether a collection of them can be deleted by one request.
  let deletesCollections: Bool
  /// What DELETE answers with.
  let deletionAnswer: DeletionAnswer
  /// Fields that selectors may name, besides `metadata.name` and `metadata.namespace`.
  let selectableFields: [String]
  let nameRule: NameRule
  let schema: FieldSchema
  /// The member by which items of a list are merged in a strategic merge patch, by the list's path;
  /// all other lists are replaced.
  let mergeKeys: [ByteText: String]
  /// Paths of lists of plain values that such a patch merges as sets.
  let mergedSets: Set<ByteText>
  /// The fields of the kind's protobuf message; nil where bodies are taken as JSON alone.
  let protobuf: ProtobufMessage?
  let columns: [TableColumn]
  let rules: any KindRules
  let nodeRules: any NodeRules

  /// A subresource of some kind alone.
  enum Subresource: String, Sendable, CaseIterable {
    case finalize
    case token
  }

  /// What DELETE answers with once the object is gone.
  enum DeletionAnswer: Sendable {
    case object
    /// The object as it was when its deletion began.
    case objectBeingDeleted
    case status
  }

  /// What a name of an object must look like.
  enum NameRule: Sendable {
    case subdomain
    case label
    case any
  }

  init(
    group: String = "", version: String = "v1", kind: String, name: String, singular: String,
    shortNames: [String] = [], isNamespaced: Bool = true, categories: [String] = [],
    hasStatus: Bool = false, subresources: [Subresource] = [], deletesCollections: Bool = true,
    deletionAnswer: DeletionAnswer = .object, selectableFields: [String] = [],
    nameRule: NameRule = .subdomain, types: [ByteText: String],
    mergeKeys: [ByteText: String] = [:], mergedSets: Set<ByteText> = [],
    protobuf: ProtobufMessage? = nil, columns: [TableColumn],
    rules: any KindRules = NoRules(), nodeRules: any NodeRules = NoRules()
  ) {
    self.group = group
    self.version = version
    self.kind = kind
    self.name = name
    self.singular = singular
    self.shortNames = shortNames
    self.isNamespaced = isNamespaced
    self.categories = categories
    self.hasStatus = hasStatus
    self.subresources = subresources
    self.deletesCollections = deletesCollections
    self.deletionAnswer = deletionAnswer
    self.selectableFields = selectableFields
    self.nameRule = nameRule
    schema = FieldSchema(types, adding: FieldSchema.common)
    self.mergeKeys = mergeKeys.merging(["metadata.ownerReferences": "uid"]) { own, _ in own }
    self.mergedSets = mergedSets.union(["metadata.finalizers"])
    self.protobuf = protobuf
    self.columns = columns
    self.rules = rules
    self.nodeRules = nodeRules
  }
}

extension ResourceKind {
  /// All of them, in the order of their names within a group.
  static let all: [ResourceKind] = [
    configMaps, events, namespaces, nodes, pods, secrets, serviceAccounts, services, leases,
  ]

  /// `v1`, or `coordination.k8s.io/v1`.
  var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
  /// `pods`, or `leases.coordination.k8s.io`: how errors and the database name the resource.
  var qualifiedName: String { group.isEmpty ? name : "\(name).\(group)" }
  /// Where its objects lie: `/api/v1`, or `/apis/coordination.k8s.io/v1`.
  var basePath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
  /// The verbs in discovery.
  var verbs: [String] {
    let collection = deletesCollections ? ["deletecollection"] : []
    return ["create", "delete"] + collection + ["get", "list", "patch", "update", "watch"]
  }

  private static let byQualifiedName = Dictionary(
    uniqueKeysWithValues: all.map { ($0.qualifiedName.bytes, $0) })

  /// The kind whose objects the database keeps under a name.
  static func named(_ qualifiedName: String) -> ResourceKind? {
    byQualifiedName[qualifiedName.bytes]
  }

  /// The kind of a resource in a group and version; nil where none is served there.
  static func named(_ name: String, group: String, version: String) -> ResourceKind? {
    guard let found = named(group.isEmpty ? name : "\(name).\(group)"),
      found.group.bytes == group.bytes, found.version.bytes == version.bytes
    else { return nil }
    return found
  }

  /// The kind of an object that says `apiVersion` and `kind`.
  static func of(apiVersion: String, kind: String) -> ResourceKind? {
    all.first { $0.kind.bytes == kind.bytes && $0.apiVersion.bytes == apiVersion.bytes }
  }
}

/// One is itself alone.
extension ResourceKind: Hashable {
  static func == (left: ResourceKind, right: ResourceKind) -> Bool { left === right }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
