import JSON

/// The node that a user of the group `system:nodes` is, and what belongs to it: what upstream's
/// Node authorizer and its admission plugin NodeRestriction let it do, by the rules of each kind
/// (kubernetes/kubernetes `plugin/pkg/auth/authorizer/node`, `plugin/pkg/admission/noderestriction`).
struct NodeIdentity: Sendable {
  private static let prefix: ByteText = "system:node:"
  /// The node's name; empty where the user's name says none, and then nothing belongs to it.
  let name: String

  /// The node of a user; nil where the user is none.
  init?(_ user: KubernetesUser) {
    guard user.groups.contains("system:nodes" as ByteText) else { return nil }
    name = user.name.bytes.without(prefix: Self.prefix).map(String.init) ?? ""
  }

  /// Whether a pod is on this node.
  func holds(_ pod: JSON) -> Bool {
    !name.isEmpty && pod.at("spec", "nodeName")?.string?.bytes == name.bytes
  }

  /// Why the node may not read what a request is about; nil where it may.
  ///
  /// An object that is not there is "not found", where upstream says that it has nothing to do with
  /// the node: `podid pod` asks whether its pod is there.
  func objection(
    toReading access: ResourceAccess, of kind: ResourceKind, fields: FieldSelector?,
    objects: some ClusterObjects
  ) async -> String? {
    let isMany = ["list", "watch"].contains(access.verb.bytes)
    guard isMany || access.verb.bytes == "get" else { return nil }
    return await kind.nodeRules.objection(
      of: self, toReading: access, name: isMany ? fields?.name ?? "" : access.name,
      fields: fields, objects: objects)
  }

  /// Why the node may not read an object that no pod on it names; nil where one does.
  func objection(
    toReadingReferenced access: ResourceAccess, name: String, objects: some ClusterObjects
  ) async -> String? {
    guard !name.isEmpty else { return "can only read namespaced object of this type" }
    let isUsed = await objects.objects(.pods).contains { pod in
      pod.objectNamespace.bytes == access.namespace.bytes && holds(pod)
        && PodReferences.names(in: pod, resource: access.resource).contains(name.bytes)
    }
    return isUsed ? nil : unrelated
  }

  /// What is said of an object that is not the node's.
  var unrelated: String { "no relationship found between node '\(name)' and this object" }

  /// Refuses an object that the node may not make.
  func checkCreation(
    of object: JSONObject, in namespace: String, kind: ResourceKind
  ) throws(StatusError) {
    try kind.nodeRules.checkCreation(of: object, in: namespace, by: self)
  }

  /// Refuses a change that the node may not make; `new` is what would be there then.
  func checkChange(
    of old: StoredObject, to new: JSONObject, kind: ResourceKind, subresource: String
  ) throws(StatusError) {
    try kind.nodeRules.checkChange(of: old, to: new, subresource: subresource, by: self)
  }

  /// Refuses to delete what the node may not.
  func checkDeletion(of object: StoredObject, kind: ResourceKind) throws(StatusError) {
    try kind.nodeRules.checkDeletion(of: object, by: self)
  }
}

/// What a pod names that its node has to read.
enum PodReferences {
  /// The names of the objects of a resource in the pod's namespace.
  static func names(in pod: JSON, resource: String) -> [String] {
    guard let spec = pod["spec"] else { return [] }
    if resource.bytes == "serviceaccounts" {
      return [spec["serviceAccountName"]?.string].compactMap { $0 }
    }
    let isSecret = resource.bytes == "secrets"
    let kind = isSecret ? "secret" : "configMap"
    var names: [JSON?] = []
    for volume in spec["volumes"]?.array ?? [] {
      names.append(volume[kind]?[isSecret ? "secretName" : "name"])
      for source in volume.at("projected", "sources")?.array ?? [] {
        names.append(source.at(kind, "name"))
      }
    }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
      for container in spec[list]?.array ?? [] {
        for source in container["envFrom"]?.array ?? [] {
          names.append(source.at("\(kind)Ref", "name"))
        }
        for variable in container["env"]?.array ?? [] {
          names.append(variable.at("valueFrom", "\(kind)KeyRef", "name"))
        }
      }
    }
    if isSecret { names += (spec["imagePullSecrets"]?.array ?? []).map { $0["name"] } }
    return names.compactMap { $0?.string }
  }
}
