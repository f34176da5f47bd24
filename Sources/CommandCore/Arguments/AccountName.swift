package import JSON
package import KubernetesClient
package import Platform

/// A ServiceAccount as people name it.
package struct AccountName: Sendable {
  /// Its namespace; `default` where people named none.
  package let namespace: String
  /// The name of the object, without the namespace.
  package let name: String

  /// The one of these parts.
  package init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// Reads `[NS/]NAME`, of a ServiceAccount or of something else in a namespace.
  package init(_ text: String, of kind: String = "ServiceAccount") throws(UsageError) {
    let parts = text.bytes.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard (1...2).contains(parts.count), !parts.contains(where: \.isEmpty) else {
      throw UsageError("podid: a \(kind) is named [NAMESPACE/]NAME, not \"\(text)\"")
    }
    namespace = parts.count == 2 ? parts[0] : "default"
    name = parts[parts.count - 1]
  }

  /// The one of an object's metadata.
  private init(of object: JSON) {
    namespace = object.at("metadata", "namespace")?.string ?? ""
    name = object.at("metadata", "name")?.string ?? ""
  }

  /// `namespace/name`.
  package var text: String { "\(namespace)/\(name)" }

  /// All of a cluster; nil where it does not say.
  package static func all(_ kubernetes: KubernetesClient) async -> [AccountName]? {
    let list = try? await kubernetes.get(ObjectPath.core("serviceaccounts"))
    return list.map(all(in:))
  }

  /// All of a list.
  package static func all(in list: JSON) -> [AccountName] {
    (list["items"]?.array ?? []).map(AccountName.init(of:))
  }

  /// The one of this very name in another namespace; of `default`, which every namespace has, none.
  package func elsewhere(among all: [AccountName]) -> AccountName? {
    guard name.bytes != "default" else { return nil }
    return all.first { $0.name.bytes == name.bytes && $0.namespace.bytes != namespace.bytes }
  }

  /// The one that was likely meant: of this very name in another namespace, or else of almost this
  /// name; nil where none is near.
  package func likely(among all: [AccountName]) -> AccountName? {
    if let same = elsewhere(among: all) { return same }
    let near = Spelling.nearest(text, among: all.map(\.text))
    return all.first { $0.text.bytes == near?.bytes }
  }

  /// Whether an event is about a pod or a session of it.
  package func isSubject(of event: JSON) -> Bool {
    let subject = event["subject"]
    return subject?["namespace"]?.string?.bytes == namespace.bytes
      && subject?["serviceAccount"]?.string?.bytes == name.bytes
  }
}

extension AccountName: Hashable {
  /// Whether both parts have the same bytes.
  package static func == (left: AccountName, right: AccountName) -> Bool {
    left.namespace.bytes == right.namespace.bytes && left.name.bytes == right.name.bytes
  }

  /// Hashes the bytes of both parts.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(namespace.bytes)
    hasher.combine(name.bytes)
  }
}
