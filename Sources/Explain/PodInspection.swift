import CommandCore
import JSON
import KubernetesClient

/// Whether a pod that exists can use its identity.
struct PodInspection {
  let pod: JSON
  let explainer: Explainer

  /// What SDKs look at before they ask the agent, or instead.
  private static let hiding = [
    ("AWS_ACCESS_KEY_ID", "static keys come before Pod Identity in every SDK"),
    ("AWS_SECRET_ACCESS_KEY", "static keys come before Pod Identity in every SDK"),
    ("AWS_SESSION_TOKEN", "static keys come before Pod Identity in every SDK"),
    ("AWS_PROFILE", "a profile comes before Pod Identity in most SDKs"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "IRSA comes before Pod Identity in every SDK"),
    ("AWS_ROLE_ARN", "it belongs to IRSA, which comes before Pod Identity"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "most SDKs let it win over the agent's URI"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "some SDKs let it win over the token's file"),
  ]
  private static let agents = [
    "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
  ]

  /// An inspection of a pod.
  init(_ pod: JSON, explainer: Explainer) {
    self.pod = pod
    self.explainer = explainer
  }

  private var name: String { pod.at("metadata", "name")?.string ?? "" }
  private var namespace: String { pod.at("metadata", "namespace")?.string ?? "default" }

  /// What is wrong with the pod, and the command that makes it anew; nil where nothing is.
  func finding() async -> (text: String, mend: MendCommand)? {
    guard pod.at("metadata", "deletionTimestamp") == nil else { return nil }
    if pod.at("metadata", "labels", "eks.amazonaws.com/skip-pod-identity-webhook") != nil {
      return replaced(
        "has the label eks.amazonaws.com/skip-pod-identity-webhook, which keeps the webhook away",
        "label --local -f - eks.amazonaws.com/skip-pod-identity-webhook- -o json")
    }
    guard ObjectState.hasIdentity(pod) else {
      return replaced(
        "was made before there was an association, and has no token: pods are changed only when "
          + "they are made")
    }
    for container in pod.at("spec", "containers")?.array ?? [] {
      if let found = await finding(container) { return found }
    }
    if let found = await missingObject() { return found }
    return tokenOfAnotherTime()
  }

  /// What leads the pod's SDKs to another address than this stack's, and the command that makes the
  /// pod anew without it; nil where nothing does.
  func misleading() -> (text: String, mend: MendCommand)? {
    for container in pod.at("spec", "containers")?.array ?? [] {
      let names = (container["env"]?.array ?? []).compactMap { $0["name"]?.string }
        .filter(AWSVariables.leadsElsewhere)
      guard !names.isEmpty else { continue }
      return replaced(
        "sets \(names.joined(separator: ", ")) in its container "
          + "\(container["name"]?.string ?? ""), by which SDKs call another address than this "
          + "stack's; podid run leaves it out", unset(names))
    }
    return nil
  }

  /// A volume whose object is missing keeps the node from writing any of the pod's files.
  private func missingObject() async -> (text: String, mend: MendCommand)? {
    var wanted: [(kind: String, name: String)] = []
    for volume in pod.at("spec", "volumes")?.array ?? [] {
      let sources = [volume] + (volume.at("projected", "sources")?.array ?? [])
      for source in sources where source["projected"] == nil {
        for (kind, member) in [("configmap", "configMap"), ("secret", "secret")] {
          guard let reference = source[member], reference["optional"] != true,
            let name = (reference["name"] ?? reference["secretName"])?.string
          else { continue }
          wanted.append((kind, name))
        }
      }
    }
    for (kind, name) in wanted {
      guard ObjectName.isValid(name) else {
        return (
          "\(namespace)/\(self.name) mounts \(kind) \(Mend.quoted(name)), which is no name of an "
            + "object, so the node writes none of its files. The command deletes the pod; mend its "
            + "manifest before it is made anew",
          .kubectl("delete pod \(Mend.word(self.name)) -n \(Mend.word(namespace))")
        )
      }
      let path = ObjectPath.core("\(kind)s", in: namespace, name)
      do throws(KubernetesError) { _ = try await explainer.kubernetes.get(path) } catch {
        guard error.code == 404 else { continue }
        return (
          "\(namespace)/\(self.name) mounts \(kind) \(name), which does not exist, so the node writes "
            + "none of its files, the token's neither. The command makes an empty one",
          .kubectl(
            "create \(kind.bytes == "secret" ? "secret generic" : kind) \(name) -n "
              + Mend.word(namespace))
        )
      }
    }
    return nil
  }

  private func finding(_ container: JSON) async -> (text: String, mend: MendCommand)? {
    let label = "its container \(container["name"]?.string ?? "")"
    let variables = (container["env"]?.array ?? []).compactMap { variable in
      variable["name"]?.string.map { ($0, variable["value"]?.string) }
    }
    let hidden = Self.hiding.filter { name, _ in variables.map(\.0).contains(name.bytes) }
    if let first = hidden.first {
      let names = hidden.map(\.0)
      return replaced(
        "sets \(names.joined(separator: ", ")) in \(label): \(first.1)", unset(names))
    }
    if let found = await hiddenByReference(container, label) { return found }
    let uri = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    let file = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    let given = variables.first { $0.0.bytes == uri.bytes }
    let path = variables.first { $0.0.bytes == file.bytes }?.1
    if let given, let value = given.1,
      !(Self.agents + [explainer.stack.agentURL]).contains(value.bytes)
    {
      return replaced(
        "has an \(uri) of its own in \(label), \(value), so the webhook added neither it nor the "
          + "token's file", unset([uri, file]))
    }
    if let path, !path.bytes.contains("eks-pod-identity-token") {
      return replaced(
        "has an \(file) of its own in \(label), \(path), so the webhook added neither it nor the "
          + "agent's URI", unset([uri, file]))
    }
    if given == nil || path == nil {
      let skipped = pod.at("metadata", "annotations", "eks.amazonaws.com/skip-containers")?.string
      guard let skipped else {
        return replaced("lacks AWS_CONTAINER_* in \(label)", unset([uri, file]))
      }
      return replaced(
        "has the annotation eks.amazonaws.com/skip-containers (\(skipped)), so \(label) got "
          + "nothing",
        "annotate --local -f - eks.amazonaws.com/skip-containers- -o json")
    }
    return nil
  }

  /// A Secret or ConfigMap of which all is put into the environment.
  private func hiddenByReference(
    _ container: JSON, _ label: String
  ) async -> (text: String, mend: MendCommand)? {
    let containers = pod.at("spec", "containers")?.array ?? []
    guard let place = containers.firstIndex(of: container) else { return nil }
    for (index, source) in (container["envFrom"]?.array ?? []).enumerated() {
      let prefix = source["prefix"]?.string ?? ""
      for (kind, member) in [("secrets", "secretRef"), ("configmaps", "configMapRef")] {
        guard let object = source.at(member, "name")?.string,
          let found = try? await explainer.kubernetes.get(
            ObjectPath.core(kind, in: namespace, object))
        else { continue }
        let names = (found["data"]?.object ?? [:]).names.map { prefix + $0 }
        guard let hidden = Self.hiding.first(where: { names.contains($0.0.bytes) }) else {
          continue
        }
        return replaced(
          "takes \(hidden.0) from \(kind)/\(object) (envFrom) in \(label): \(hidden.1). The command "
            + "takes all of \(kind)/\(object) out of the environment",
          "patch --local -f - --type json -p '[{\"op\":\"remove\",\"path\":"
            + "\"/spec/containers/\(place)/envFrom/\(index)\"}]' -o json")
      }
    }
    return nil
  }

  private func unset(_ names: [String]) -> String {
    "set env --local -f - \(names.map { "\($0)-" }.joined(separator: " ")) -o json"
  }

  /// The finding, with the command that takes the pod through kubectl and makes it anew.
  func replaced(_ text: String, _ filter: String? = nil) -> (text: String, mend: MendCommand) {
    let owner = pod.at("metadata", "ownerReferences")?[0]
    let template =
      owner.map {
        "; change the template of \($0["kind"]?.string ?? "its owner") "
          + "\($0["name"]?.string ?? "") too"
      } ?? ""
    let stages =
      ["get pod \(Mend.word(name)) -n \(Mend.word(namespace)) -o json"]
      + (filter.map { [$0] } ?? []) + ["replace --force -f -"]
    return (
      "\(namespace)/\(name) \(text). The command deletes the pod and makes it anew\(template)",
      .piped(stages.map { .kubectl($0) })
    )
  }
}
