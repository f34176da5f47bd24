import JSON

/// The members of the types that this server stores, for field validation, OpenAPI and `explain`.
///
/// A name ends in `[]` where it is a list, `{}` where it is a map of texts, and is followed by
/// `:Type` where its members are known too; below other names nothing is checked.
enum FieldSchema {
  private static let text: [String: String] = [
    "ObjectMeta": """
    annotations{} creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers[] \
    generateName generation labels{} managedFields[] name namespace ownerReferences[] \
    resourceVersion selfLink uid
    """,
    "ServiceAccount": """
    apiVersion automountServiceAccountToken imagePullSecrets[] kind metadata:ObjectMeta secrets[]
    """,
    "ConfigMap": "apiVersion binaryData{} data{} immutable kind metadata:ObjectMeta",
    "Secret": "apiVersion data{} immutable kind metadata:ObjectMeta stringData{} type",
    "Namespace": """
    apiVersion kind metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
    """,
    "NamespaceSpec": "finalizers[]",
    "NamespaceStatus": "conditions[] phase",
    "Node": "apiVersion kind metadata:ObjectMeta spec:NodeSpec status",
    "NodeSpec": "configSource externalID podCIDR podCIDRs[] providerID taints[] unschedulable",
    "Service": "apiVersion kind metadata:ObjectMeta spec status",
    "Event": """
    action apiVersion count eventTime firstTimestamp involvedObject kind lastTimestamp message \
    metadata:ObjectMeta reason related reportingComponent reportingInstance series source type
    """,
    "Pod": "apiVersion kind metadata:ObjectMeta spec:PodSpec status",
    "PodSpec": """
    activeDeadlineSeconds affinity automountServiceAccountToken containers[]:Container dnsConfig \
    dnsPolicy enableServiceLinks ephemeralContainers[] hostAliases[] hostIPC hostNetwork hostPID \
    hostUsers hostname hostnameOverride imagePullSecrets[] initContainers[]:Container nodeName \
    nodeSelector{} os overhead preemptionPolicy priority priorityClassName readinessGates[] \
    resourceClaims[] resources restartPolicy runtimeClassName schedulerName schedulingGates[] \
    securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace \
    subdomain terminationGracePeriodSeconds tolerations[] topologySpreadConstraints[] \
    volumes[]:Volume workloadRef
    """,
    "Container": """
    args[] command[] env[]:EnvVar envFrom[] image imagePullPolicy lifecycle livenessProbe name \
    ports[]:ContainerPort readinessProbe resizePolicy[] resources restartPolicy \
    restartPolicyRules[] securityContext startupProbe stdin stdinOnce terminationMessagePath \
    terminationMessagePolicy tty volumeDevices[] volumeMounts[]:VolumeMount workingDir
    """,
    "EnvVar": "name value valueFrom",
    "ContainerPort": "containerPort hostIP hostPort name protocol",
    "VolumeMount": """
    mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr
    """,
    "Volume": """
    awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir \
    ephemeral fc flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi name \
    nfs persistentVolumeClaim photonPersistentDisk portworxVolume projected:ProjectedVolume \
    quobyte rbd scaleIO secret storageos vsphereVolume
    """,
    "ProjectedVolume": "defaultMode sources[]:VolumeProjection",
    "VolumeProjection": """
    clusterTrustBundle configMap downwardAPI podCertificate secret \
    serviceAccountToken:ServiceAccountTokenProjection
    """,
    "ServiceAccountTokenProjection": "audience expirationSeconds path",
  ]

  /// A member of a type.
  struct Field: Sendable {
    let name: String
    let isList: Bool
    let isMap: Bool
    let type: String?
  }

  /// The members of each type.
  static let types: [String: [Field]] = text.mapValues { text in
    text.split(separator: " ").map { word in
      let parts = word.split(separator: ":")
      var name = parts[0]
      let isList = name.hasSuffix("[]")
      let isMap = name.hasSuffix("{}")
      if isList || isMap { name.removeLast(2) }
      return Field(
        name: String(name), isList: isList, isMap: isMap,
        type: parts.count > 1 ? String(parts[1]) : nil)
    }
  }

  /// The first member of a wrong type, in the words of Go's decoder; nil where all are right.
  static func wrongType(in object: JSONObject, type: String, at path: String = "") -> String? {
    guard let fields = types[type] else { return nil }
    for (name, value) in object where !value.isNull {
      guard let field = fields.first(where: { $0.name == name }) else { continue }
      let place = path.isEmpty ? name : "\(path).\(name)"
      func wrong(_ value: JSON, _ expected: String) -> String {
        "json: cannot unmarshal \(RequestBody.typeName(value)) into Go struct field "
          + "\(type).\(place) of type \(expected)"
      }
      if field.isMap {
        guard let map = value.object else { return wrong(value, "map[string]string") }
        if let bad = map.first(where: { $0.1.string == nil && !$0.1.isNull }) {
          return wrong(bad.1, "string")
        }
      } else if field.isList {
        guard let items = value.array else { return wrong(value, "[]v1.\(field.type ?? "string")") }
        guard let inner = field.type else { continue }
        for item in items {
          guard let object = item.object else { return wrong(item, "v1.\(inner)") }
          if let found = wrongType(in: object, type: inner, at: place) { return found }
        }
      } else if let inner = field.type {
        guard let object = value.object else { return wrong(value, "v1.\(inner)") }
        if let found = wrongType(in: object, type: inner, at: place) { return found }
      }
    }
    return nil
  }

  /// The paths of members that a type does not have, as upstream names them.
  static func unknownFields(of object: JSONObject, type: String, at path: String = "") -> [String] {
    guard let fields = types[type] else { return [] }
    var unknown: [String] = []
    for (name, value) in object {
      let place = path.isEmpty ? name : "\(path).\(name)"
      guard let field = fields.first(where: { $0.name == name }) else {
        unknown.append(place)
        continue
      }
      guard let type = field.type else { continue }
      if field.isList {
        for (index, item) in (value.array ?? []).enumerated() {
          guard let item = item.object else { continue }
          unknown += unknownFields(of: item, type: type, at: "\(place)[\(index)]")
        }
      } else if let inner = value.object {
        unknown += unknownFields(of: inner, type: type, at: place)
      }
    }
    return unknown
  }
}
