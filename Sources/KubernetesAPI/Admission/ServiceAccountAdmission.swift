import JSON
import Platform

/// What upstream's ServiceAccount admission does to a new pod: account name, image pull secrets,
/// and the API token's volume with its mounts.
enum ServiceAccountAdmission {
  /// Where containers find the API token.
  static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
  private static let volumePrefix = "kube-api-access-"

  /// Settles and returns which account the pod runs as: `default` where it names none.
  ///
  /// The deprecated member follows the current one.
  static func settleName(in spec: inout JSONObject) -> String {
    let current = spec["serviceAccountName"]?.string ?? ""
    let deprecated = spec["serviceAccount"]?.string ?? ""
    let name = !current.isEmpty ? current : !deprecated.isEmpty ? deprecated : "default"
    spec["serviceAccountName"] = .string(name)
    spec["serviceAccount"] = .string(name)
    return name
  }

  /// Takes over what the account says about image pull secrets and the API token.
  static func apply(account: JSON, to spec: inout JSONObject, randomness: Randomness) {
    if (spec["imagePullSecrets"]?.array ?? []).isEmpty,
      let secrets = account["imagePullSecrets"]?.array, !secrets.isEmpty
    {
      spec["imagePullSecrets"] = .array(secrets)
    }
    let automount =
      spec["automountServiceAccountToken"]?.bool
      ?? account["automountServiceAccountToken"]?.bool ?? true
    if automount { mountToken(in: &spec, randomness: randomness) }
  }

  private static func mountToken(in spec: inout JSONObject, randomness: Randomness) {
    let existing = spec.itemNames(of: "volumes").first { $0.bytes.hasPrefix(volumePrefix.bytes) }
    let name =
      existing
      ?? volumePrefix + randomness.string(5, from: "bcdfghjklmnpqrstvwxz2456789")
    var isNeeded = false
    for list in ["initContainers", "containers"] {
      spec.editItems(of: list) { container in
        let mounts = container["volumeMounts"]?.array ?? []
        // A mount of the container's own at that path keeps the token away.
        guard !mounts.contains(where: { $0["mountPath"]?.string?.bytes == mountPath.bytes }) else {
          return
        }
        container.appendItem(
          ["name": .string(name), "readOnly": true, "mountPath": .string(mountPath)],
          to: "volumeMounts")
        isNeeded = true
      }
    }
    if isNeeded, existing == nil { spec.appendItem(tokenVolume(name), to: "volumes") }
  }

  private static func tokenVolume(_ name: String) -> JSON {
    [
      "name": .string(name),
      "projected": [
        "sources": [
          ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
          [
            "configMap": [
              "name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]],
            ]
          ],
          [
            "downwardAPI": [
              "items": [
                [
                  "path": "namespace",
                  "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"],
                ]
              ]
            ]
          ],
        ],
        "defaultMode": 420,
      ],
    ]
  }
}
