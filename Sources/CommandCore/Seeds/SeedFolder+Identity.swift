import JSON

extension SeedFolder {
  /// The first ServiceAccount that gets an identity from this seed, by annotation or association.
  var identity: AccountName? {
    let associated = aws.associations.map(\.value).map {
      AccountName(
        namespace: $0["namespace"]?.string ?? "", name: $0["serviceAccount"]?.string ?? "")
    }
    let accounts = manifests.filter { $0.kind.bytes == "ServiceAccount" }
    let found = accounts.first {
      $0.hasRoleAnnotation
        || associated.contains(AccountName(namespace: $0.namespace, name: $0.name))
    }
    return found.map { AccountName(namespace: $0.namespace, name: $0.name) } ?? associated.first
  }
}

extension SeedManifest {
  /// Whether it is a ServiceAccount with the article's annotation.
  var hasRoleAnnotation: Bool {
    kind.bytes == "ServiceAccount"
      && object.at("metadata", "annotations", "pod-identity.eks.amazonaws.com/role") != nil
  }
}
