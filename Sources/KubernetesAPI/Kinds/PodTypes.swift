import JSON

/// The types that Pods are made of (kubernetes/api `core/v1/types.go`), as far as this server
/// knows them.
enum PodTypes {
  static let all: [ByteText: String] = [
    "Pod": "apiVersion kind metadata:ObjectMeta spec:PodSpec status:PodStatus",
    "PodSpec": """
    activeDeadlineSeconds:int64 affinity:any automountServiceAccountToken:bool \
    containers[]:Container dnsConfig:any dnsPolicy enableServiceLinks:bool \
    ephemeralContainers[]:any hostAliases[]:any hostIPC:bool hostNetwork:bool hostPID:bool \
    hostUsers:bool hostname hostnameOverride imagePullSecrets[]:LocalObjectReference \
    initContainers[]:Container nodeName nodeSelector{} os:any overhead{}:quantity preemptionPolicy \
    priority:int32 priorityClassName readinessGates[]:any resourceClaims[]:any \
    resources:ResourceRequirements restartPolicy runtimeClassName schedulerName schedulingGates[]:any securityContext:any \
    serviceAccount serviceAccountName setHostnameAsFQDN:bool shareProcessNamespace:bool \
    subdomain terminationGracePeriodSeconds:int64 tolerations[]:Toleration \
    topologySpreadConstraints[]:any volumes[]:Volume workloadRef:any
    """,
    "PodStatus": """
    conditions[]:any containerStatuses[]:any ephemeralContainerStatuses[]:any hostIP \
    hostIPs[]:any initContainerStatuses[]:any message nominatedNodeName \
    observedGeneration:int64 phase podIP podIPs[]:any qosClass reason resize \
    resourceClaimStatuses[]:any resources:any allocatedResources:any extendedResourceClaimStatus:any \
    startTime
    """,
    "Toleration": "effect key operator tolerationSeconds:int64 value",
    "Container": """
    args[] command[] env[]:EnvVar envFrom[]:any image imagePullPolicy lifecycle:any \
    livenessProbe:any name ports[]:ContainerPort readinessProbe:any resizePolicy[]:any \
    resources:ResourceRequirements restartPolicy restartPolicyRules[]:any securityContext:any startupProbe:any \
    stdin:bool stdinOnce:bool terminationMessagePath terminationMessagePolicy tty:bool \
    volumeDevices[]:any volumeMounts[]:VolumeMount workingDir
    """,
    "ResourceRequirements": "claims[]:any limits{}:quantity requests{}:quantity",
    "ResourceFieldSelector": "containerName divisor:quantity resource",
    "EmptyDirVolume": "medium sizeLimit:quantity",
    "EnvVar": "name value valueFrom:EnvVarSource",
    "EnvVarSource": """
    configMapKeyRef:KeySelector fieldRef:FieldSelector fileKeyRef:any resourceFieldRef:ResourceFieldSelector \
    secretKeyRef:KeySelector
    """,
    "KeySelector": "key name optional:bool",
    "FieldSelector": "apiVersion fieldPath",
    "ContainerPort": "containerPort:int32 hostIP hostPort:int32 name protocol",
    "VolumeMount": """
    mountPath mountPropagation name readOnly:bool recursiveReadOnly subPath subPathExpr
    """,
    "Volume": """
    awsElasticBlockStore:any azureDisk:any azureFile:any cephfs:any cinder:any \
    configMap:ConfigMapVolume csi:any downwardAPI:DownwardAPIVolume emptyDir:EmptyDirVolume ephemeral:any \
    fc:any flexVolume:any flocker:any gcePersistentDisk:any gitRepo:any glusterfs:any \
    hostPath:HostPathVolume image:any iscsi:any name nfs:any persistentVolumeClaim:any \
    photonPersistentDisk:any portworxVolume:any projected:ProjectedVolume quobyte:any rbd:any \
    scaleIO:any secret:SecretVolume storageos:any vsphereVolume:any
    """,
    "ConfigMapVolume": "defaultMode:int32 items[]:KeyToPath name optional:bool",
    "SecretVolume": "defaultMode:int32 items[]:KeyToPath optional:bool secretName",
    "DownwardAPIVolume": "defaultMode:int32 items[]:DownwardAPIFile",
    "HostPathVolume": "path type",
    "KeyToPath": "key mode:int32 path",
    "DownwardAPIFile":
      "fieldRef:FieldSelector mode:int32 path resourceFieldRef:ResourceFieldSelector",
    "ProjectedVolume": "defaultMode:int32 sources[]:VolumeProjection",
    "VolumeProjection": """
    clusterTrustBundle:any configMap:ConfigMapProjection downwardAPI:DownwardAPIProjection \
    podCertificate:any secret:SecretProjection serviceAccountToken:ServiceAccountTokenProjection
    """,
    "ConfigMapProjection": "items[]:KeyToPath name optional:bool",
    "SecretProjection": "items[]:KeyToPath name optional:bool",
    "DownwardAPIProjection": "items[]:DownwardAPIFile",
    "ServiceAccountTokenProjection": "audience expirationSeconds:int64 path",
  ]

  /// The lists of a Pod that a strategic merge patch merges by a member of their items.
  static let mergeKeys: [ByteText: String] = {
    var keys: [ByteText: String] = [
      "spec.containers": "name", "spec.initContainers": "name", "spec.ephemeralContainers": "name",
      "spec.volumes": "name", "spec.imagePullSecrets": "name", "spec.hostAliases": "ip",
      "spec.topologySpreadConstraints": "topologyKey", "spec.resourceClaims": "name",
      "spec.schedulingGates": "name", "status.conditions": "type",
    ]
    for list in ["containers", "initContainers", "ephemeralContainers"] {
      for (member, key) in [
        ("env", "name"), ("ports", "containerPort"), ("volumeMounts", "mountPath"),
        ("volumeDevices", "devicePath"),
      ] { keys["spec.\(list).\(member)".bytes] = key }
    }
    return keys
  }()
}
