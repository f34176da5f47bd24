import JSON
import KubernetesClient

/// An object of Kubernetes in a seed.
struct SeedManifest: Sendable {
  private static let resources: [(kind: String, name: String, isNamespaced: Bool)] = [
    ("Namespace", "namespaces", false), ("ServiceAccount", "serviceaccounts", true),
    ("ConfigMap", "configmaps", true), ("Secret", "secrets", true), ("Node", "nodes", false),
    ("Service", "services", true), ("Pod", "pods", true),
  ]

  let kind: String
  let namespace: String
  let name: String
  let object: JSON
  /// The file and the line.
  let place: String
  /// What comes first: namespaces before what lies in them, pods last.
  let rank: Int
  /// The path of the collection, and that of the object in it.
  let path, objectPath: String

  /// `default/s3-reader-sa`, or the name alone.
  var title: String {
    "\(kind.lowercased()) \(namespace.isEmpty ? name : "\(namespace)/\(name)")"
  }

  /// The objects of a document: one, or those of a List.
  static func all(in document: SeedNode) throws(CommandFailure) -> [SeedManifest] {
    guard document.value["kind"]?.string?.bytes == "List" else {
      return [try SeedManifest(document)]
    }
    var found: [SeedManifest] = []
    guard document.value["apiVersion"]?.string?.bytes == "v1" else {
      throw document.failure(at: "apiVersion", "a List has the apiVersion v1")
    }
    guard let items = document["items"]?.items else {
      throw document.failure(at: "items", "a List has items, which are a list")
    }
    for item in items { found.append(try SeedManifest(item)) }
    return found
  }

  private init(_ node: SeedNode) throws(CommandFailure) {
    let object = node.value
    place = node.place
    guard let kind = object["kind"]?.string, let version = object["apiVersion"]?.string else {
      throw node.failure("a manifest needs apiVersion and kind")
    }
    guard version.bytes == "v1",
      let rank = Self.resources.firstIndex(where: { $0.kind.bytes == kind.bytes })
    else {
      throw node.failure(at: "kind", "\(version) \(kind) is not among the kinds that are served")
    }
    guard let name = object.at("metadata", "name")?.string, !name.isEmpty else {
      throw node.failure(at: "kind", "the \(kind) has no metadata.name")
    }
    let resource = Self.resources[rank]
    self.kind = kind
    self.name = name
    self.object = object
    self.rank = rank
    namespace =
      resource.isNamespaced ? object.at("metadata", "namespace")?.string ?? "default" : ""
    let scope = resource.isNamespaced ? namespace : nil
    path = ObjectPath.core(resource.name, in: scope)
    objectPath = ObjectPath.core(resource.name, in: scope, name)
  }
}
