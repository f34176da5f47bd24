/// A resource of the core group: its names, verbs and habits.
///
/// All of them are version v1 of the core group; reviews and tokens are not stored and are not here.
struct ResourceKind: Sendable {
  let resource: ClusterResource
  let kind: String
  let singular: String
  let shortNames: [String]
  let isNamespaced: Bool
  var categories: [String] = []
  /// Whether `/status` can be written apart from the rest.
  var hasStatus = false
  /// Whether DELETE answers with a Status, not with the object.
  var deletesToStatus = false
  /// Fields that selectors may name, besides `metadata.name` and `metadata.namespace`.
  var selectableFields: [String] = []

  /// The plural name.
  var name: String { resource.rawValue }
  /// The verbs in discovery.
  var verbs: [String] {
    let collection = resource == .namespaces ? [] : ["deletecollection"]
    return ["create", "delete"] + collection + ["get", "list", "patch", "update", "watch"]
  }

  /// All of them, by name.
  static let all: [ResourceKind] = [
    ResourceKind(
      resource: .configMaps, kind: "ConfigMap", singular: "configmap", shortNames: ["cm"],
      isNamespaced: true, deletesToStatus: true),
    ResourceKind(
      resource: .events, kind: "Event", singular: "event", shortNames: ["ev"],
      isNamespaced: true, deletesToStatus: true,
      selectableFields: [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name",
        "involvedObject.uid", "involvedObject.apiVersion", "involvedObject.resourceVersion",
        "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
      ]),
    ResourceKind(
      resource: .namespaces, kind: "Namespace", singular: "namespace", shortNames: ["ns"],
      isNamespaced: false, hasStatus: true, selectableFields: ["status.phase"]),
    ResourceKind(
      resource: .nodes, kind: "Node", singular: "node", shortNames: ["no"], isNamespaced: false,
      hasStatus: true, deletesToStatus: true, selectableFields: ["spec.unschedulable"]),
    ResourceKind(
      resource: .pods, kind: "Pod", singular: "pod", shortNames: ["po"], isNamespaced: true,
      categories: ["all"], hasStatus: true,
      selectableFields: [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
      ]),
    ResourceKind(
      resource: .secrets, kind: "Secret", singular: "secret", shortNames: [], isNamespaced: true,
      deletesToStatus: true, selectableFields: ["type"]),
    ResourceKind(
      resource: .serviceAccounts, kind: "ServiceAccount", singular: "serviceaccount",
      shortNames: ["sa"], isNamespaced: true),
    ResourceKind(
      resource: .services, kind: "Service", singular: "service", shortNames: ["svc"],
      isNamespaced: true, categories: ["all"], hasStatus: true),
  ]

  private static let byName = Dictionary(
    uniqueKeysWithValues: all.map { ($0.resource, $0) })

  /// The kind of a resource.
  static func of(_ resource: ClusterResource) -> ResourceKind {
    // Every case of the enumeration is in the list, which a test walks.
    byName[resource] ?? all[0]
  }
}
