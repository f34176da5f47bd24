extension FieldSchema {
  /// The core group (kubernetes/api `core/v1/types.go`), as far as this server stores it.
  static let coreText: [String: String] = [
    "ObjectMeta": """
    annotations{} creationTimestamp deletionGracePeriodSeconds:int64 deletionTimestamp \
    finalizers[] generateName generation:int64 labels{} managedFields[]:any name namespace \
    ownerReferences[]:OwnerReference resourceVersion selfLink uid
    """,
    "OwnerReference": "apiVersion blockOwnerDeletion:bool controller:bool kind name uid",
    "ObjectReference": "apiVersion fieldPath kind name namespace resourceVersion uid",
    "LocalObjectReference": "name",
    "ServiceAccount": """
    apiVersion automountServiceAccountToken:bool imagePullSecrets[]:LocalObjectReference kind \
    metadata:ObjectMeta secrets[]:ObjectReference
    """,
    "ConfigMap": "apiVersion binaryData{} data{} immutable:bool kind metadata:ObjectMeta",
    "Secret": "apiVersion data{} immutable:bool kind metadata:ObjectMeta stringData{} type",
    "Namespace": """
    apiVersion kind metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus
    """,
    "NamespaceSpec": "finalizers[]",
    "NamespaceStatus": "conditions[]:any phase",
    "Node": "apiVersion kind metadata:ObjectMeta spec:NodeSpec status:any",
    "NodeSpec": """
    configSource:any externalID podCIDR podCIDRs[] providerID taints[]:any unschedulable:bool
    """,
    "Service": "apiVersion kind metadata:ObjectMeta spec:any status:any",
    "Event": """
    action apiVersion count:int32 eventTime firstTimestamp involvedObject:ObjectReference kind \
    lastTimestamp message metadata:ObjectMeta reason related:ObjectReference reportingComponent \
    reportingInstance series:any source:EventSource type
    """,
    "EventSource": "component host",
    "Pod": "apiVersion kind metadata:ObjectMeta spec:PodSpec status:PodStatus",
    "PodSpec": """
    activeDeadlineSeconds:int64 affinity:any automountServiceAccountToken:bool \
    containers[]:Container dnsConfig:any dnsPolicy enableServiceLinks:bool \
    ephemeralContainers[]:any hostAliases[]:any hostIPC:bool hostNetwork:bool hostPID:bool \
    hostUsers:bool hostname hostnameOverride imagePullSecrets[]:LocalObjectReference \
    initContainers[]:Container nodeName nodeSelector{} os:any overhead:any preemptionPolicy \
    priority:int32 priorityClassName readinessGates[]:any resourceClaims[]:any resources:any \
    restartPolicy runtimeClassName schedulerName schedulingGates[]:any securityContext:any \
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
    resources:any restartPolicy restartPolicyRules[]:any securityContext:any startupProbe:any \
    stdin:bool stdinOnce:bool terminationMessagePath terminationMessagePolicy tty:bool \
    volumeDevices[]:any volumeMounts[]:VolumeMount workingDir
    """,
    "EnvVar": "name value valueFrom:EnvVarSource",
    "EnvVarSource": """
    configMapKeyRef:KeySelector fieldRef:FieldSelector fileKeyRef:any resourceFieldRef:any \
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
    configMap:ConfigMapVolume csi:any downwardAPI:DownwardAPIVolume emptyDir:any ephemeral:any \
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
    "DownwardAPIFile": "fieldRef:FieldSelector mode:int32 path resourceFieldRef:any",
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
}
