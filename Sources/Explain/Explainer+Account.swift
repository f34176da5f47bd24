import CommandCore
import JSON
import KubernetesClient

/// The namespace and the ServiceAccount.
extension Explainer {
  /// The ServiceAccount, if it is there to stay.
  mutating func serviceAccount() async throws(ExplainStop) -> JSON {
    if let meant = spelledOut { throw meant }
    let namespace: JSON
    do throws(KubernetesError) {
      namespace = try await kubernetes.get(ObjectPath.core("namespaces", account.namespace))
    } catch {
      guard error.code == 404 else { throw ExplainStop("namespace", error) }
      throw await missingNamespace("\(error)")
    }
    if namespace.at("metadata", "deletionTimestamp") != nil {
      throw await terminating()
    }
    good("namespace", account.namespace)
    let object: JSON
    do throws(KubernetesError) {
      object = try await kubernetes.get(
        ObjectPath.core("serviceaccounts", in: account.namespace, account.name))
    } catch {
      guard error.code == 404 else { throw ExplainStop("service account", error) }
      throw await missingAccount("\(error)")
    }
    guard object.at("metadata", "deletionTimestamp") == nil else {
      let holders = (object.at("metadata", "finalizers")?.strings ?? []).joined(separator: ", ")
      throw ExplainStop(
        "service account",
        "\(account.text) is being deleted and is only held by its finalizers (\(holders)); the "
          + "command lets it go and makes a new one",
        mend: .all(
          .kubectl(
            "patch serviceaccount \(mend.here) --type merge "
              + "-p '{\"metadata\":{\"finalizers\":null}}'"),
          mend.createAccount(role: Self.annotatedRole(object))))
    }
    good("service account", account.text)
    return object
  }

  /// The role in the annotation.
  static func annotatedRole(_ object: JSON) -> String? {
    object.at("metadata", "annotations", AssociationLookup.annotation)?.string
  }

  /// The stop for a name in another form than `NAMESPACE/NAME`.
  private var spelledOut: ExplainStop? {
    let parts = account.name.bytes.split(separator: ":").map(String.init)
    if parts.count >= 2 {
      let meant = "\(parts[parts.count - 2])/\(parts[parts.count - 1])"
      return ExplainStop(
        "service account",
        "\(account.name) is how a token names a ServiceAccount (its sub); here it is \(meant)",
        mend: .explain(meant, pod: podName))
    }
    let lower = account.text.lowercased()
    guard lower.bytes != account.text.bytes else { return nil }
    return ExplainStop(
      "service account", "names in Kubernetes have no capitals, as \(account.text) has",
      mend: .explain(lower, pod: podName))
  }

  private func names(_ path: String) async -> [String] {
    let list = try? await kubernetes.get(path)
    return (list?["items"]?.array ?? []).compactMap { $0.at("metadata", "name")?.string }
  }

  private func missingNamespace(_ reason: String) async -> ExplainStop {
    let all = await names(ObjectPath.core("namespaces"))
    if let near = Spelling.nearest(account.namespace, among: all),
      await names(ObjectPath.core("serviceaccounts", in: near)).contains(account.name.bytes)
    {
      return ExplainStop(
        "namespace", "\(reason); namespace \(near) has a ServiceAccount \(account.name)",
        mend: .explain("\(near)/\(account.name)", pod: podName))
    }
    if let stop = await elsewhere("namespace", reason) { return stop }
    if let stop = impossible(account.namespace, "namespace") { return stop }
    return ExplainStop(
      "namespace", reason,
      mend: .all(
        .kubectl("create namespace \(Mend.word(account.namespace))"), mend.createAccount()))
  }

  private func terminating() async -> ExplainStop {
    var commands: [MendCommand] = []
    for kind in ["pods", "serviceaccounts", "configmaps", "secrets", "services"] {
      let list = try? await kubernetes.get(ObjectPath.core(kind, in: account.namespace))
      for object in list?["items"]?.array ?? []
      where object.at("metadata", "finalizers")?.array?.isEmpty == false {
        commands.append(
          .kubectl(
            "patch \(kind) \(Mend.word(object.at("metadata", "name")?.string ?? "")) -n "
              + "\(Mend.word(account.namespace)) --type merge "
              + "-p '{\"metadata\":{\"finalizers\":null}}'"))
      }
    }
    let held =
      commands.isEmpty ? "" : ", and \(commands.count) of its objects hold it by finalizers"
    commands += [
      .kubectl("wait --for=delete namespace/\(Mend.word(account.namespace)) --timeout=30s"),
      .kubectl("create namespace \(Mend.word(account.namespace))"), mend.createAccount(),
    ]
    return ExplainStop(
      "namespace",
      "\(account.namespace) is being deleted\(held); nothing new can be made in it. The command "
        + "lets it go with all that is in it, and makes a new one",
      mend: .all(commands))
  }

  private func missingAccount(_ reason: String) async -> ExplainStop {
    if let stop = await elsewhere("service account", reason) { return stop }
    let hasAssociation = (try? await lookup.association()) != nil
    let all = await names(ObjectPath.core("serviceaccounts", in: account.namespace))
    if !hasAssociation, let near = Spelling.nearest(account.name, among: all) {
      return ExplainStop(
        "service account", "\(reason); there is one of almost that name: \(near)",
        mend: .explain("\(account.namespace)/\(near)", pod: podName))
    }
    return impossible(account.name, "service account")
      ?? ExplainStop("service account", reason, mend: mend.createAccount())
  }

  /// The stop where another namespace has an account of this very name, and nothing else is here that
  /// waits for one.
  private func elsewhere(_ hop: String, _ reason: String) async -> ExplainStop? {
    guard (try? await lookup.association()) == nil else { return nil }
    guard let same = account.elsewhere(among: await AccountName.all(kubernetes) ?? []) else {
      return nil
    }
    return ExplainStop(
      hop, "\(reason); there is one of that name in another namespace: \(same.text)",
      mend: .explain(same.text, pod: podName))
  }

  /// The stop at a name that nothing can have, so that nothing can be made of it either.
  private func impossible(_ name: String, _ hop: String) -> ExplainStop? {
    guard !ObjectName.isValid(name) else { return nil }
    return ExplainStop(
      hop, "\"\(name)\" is no name that an object of Kubernetes can have",
      mend: .kubectl("get serviceaccounts --all-namespaces"))
  }

  /// What knows the associations.
  var lookup: AssociationLookup {
    AssociationLookup(account: account, stack: stack, aws: aws, kubernetes: kubernetes)
  }
}
