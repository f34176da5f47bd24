// The room of what a Pod becomes where its ServiceAccount has an association, and of the annotation that
// makes one: what kubernetes-api does at admission, and a webhook could do. It knows no server and no
// store; what it changes at AWS goes through the public EKS API.

import JSON
package import Platform
import PodIdentity

/// The change that EKS's pod-identity webhook makes to a pod whose account has an association
/// (amazon-eks-pod-identity-webhook, container credentials; environment as live EKS clusters show).
package struct PodIdentityMutation: Sendable {
  static let audience = PodIdentityService.name
  static let volumeName = "eks-pod-identity-token"
  static let tokenPath = "eks-pod-identity-token"
  static let mountPath = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
  /// Where pods find the agent, by the addresses that the cluster's pods have.
  package enum IPFamily: String, CaseIterable, Sendable {
    case ipv4
    case ipv6

    var credentialsURI: String {
      switch self {
      case .ipv4: "http://169.254.170.23/v1/credentials"
      case .ipv6: "http://[fd00:ec2::23]/v1/credentials"
      }
    }
  }
  /// The label which keeps a pod away from the webhook (its configuration's objectSelector).
  static let skipLabel = "eks.amazonaws.com/skip-pod-identity-webhook"
  /// The account's annotation that keeps `AWS_STS_REGIONAL_ENDPOINTS` away.
  private static let endpointsAnnotation = "eks.amazonaws.com/sts-regional-endpoints"
  private static let expirationAnnotation = "eks.amazonaws.com/token-expiration"
  private static let longestLifetime = 86_400

  let region: String
  let family: IPFamily
  let randomness: Randomness

  /// The mutation in a region; `randomness` spreads the tokens' longest lifetime.
  package init(region: String, family: IPFamily = .ipv4, randomness: Randomness) {
    self.region = region
    self.family = family
    self.randomness = randomness
  }

  /// Whether the webhook would see the pod at all.
  static func isSkipped(_ pod: JSONObject) -> Bool {
    pod["metadata"]?.at("labels", skipLabel) != nil
  }

  /// Adds label, volume, environment and mounts.
  func apply(to pod: inout JSONObject, account: JSON?) {
    let seconds = expiration(pod: pod, account: account)
    let isRegional = Self.usesRegionalEndpoints(account)
    var metadata = pod["metadata"]?.object ?? [:]
    let skipped = Self.skippedContainers(metadata["annotations"])
    metadata.fill("labels", [:])
    metadata.edit("labels") { $0["eks.amazonaws.com/pod-identity"] = "enabled" }
    pod["metadata"] = .object(metadata)
    pod.edit("spec") { spec in
      let file = Self.tokenFile(isWindows: Self.isWindows(spec))
      if !spec.itemNames(of: "volumes").contains(Self.volumeName.bytes) {
        spec["volumes"] = .array([Self.volume(seconds)] + (spec["volumes"]?.array ?? []))
      }
      for list in ["containers", "initContainers"] {
        spec.editItems(of: list) { container in
          guard let name = container["name"]?.string, !skipped.contains(name.bytes) else { return }
          edit(&container, tokenFile: file, isRegional: isRegional)
        }
      }
    }
  }

  /// What the annotation says, if it is a truth value of Go's `strconv.ParseBool`; else true.
  private static func usesRegionalEndpoints(_ account: JSON?) -> Bool {
    let value = account?.at("metadata", "annotations", endpointsAnnotation)?.string
    return !["0", "f", "F", "false", "False", "FALSE"].contains((value ?? "").bytes)
  }

  private func edit(_ container: inout JSONObject, tokenFile: String, isRegional: Bool) {
    let names = Set(container.itemNames(of: "env").map(\.bytes))
    let credentials = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    ]
    let regions = ["AWS_DEFAULT_REGION", "AWS_REGION"]
    let endpoints = "AWS_STS_REGIONAL_ENDPOINTS"
    let hasCredentials = credentials.contains { names.contains($0.bytes) }
    let hasRegion = regions.contains { names.contains($0.bytes) }
    // A container that brings everything itself is left wholly alone, its mounts included.
    if hasCredentials, hasRegion, names.contains(endpoints.bytes) { return }
    var added: [(String, String)] = []
    if isRegional, !names.contains(endpoints.bytes) { added.append((endpoints, "regional")) }
    if !hasRegion { added += regions.map { ($0, region) } }
    if !hasCredentials {
      added += [(credentials[0], family.credentialsURI), (credentials[1], tokenFile)]
    }
    for (name, value) in added {
      container.appendItem(["name": .string(name), "value": .string(value)], to: "env")
    }
    if !container.itemNames(of: "volumeMounts").contains(Self.volumeName.bytes) {
      container.appendItem(
        [
          "name": .string(Self.volumeName), "readOnly": true,
          "mountPath": .string(Self.mountPath),
        ], to: "volumeMounts")
    }
  }

  /// The token's lifetime: the pod's annotation, the account's, else the webhook's default; the
  /// longest one is spread at random over its last twelfth.
  private func expiration(pod: JSONObject, account: JSON?) -> Int {
    let sources = [pod["metadata"], account?["metadata"]]
    let asked = sources.lazy.compactMap { metadata in
      metadata?.at("annotations", Self.expirationAnnotation)?.string.flatMap { Int($0) }
    }.first
    let seconds = max(600, asked ?? Self.longestLifetime)
    guard seconds == Self.longestLifetime else { return seconds }
    return randomness.integer(in: 79_200...Self.longestLifetime)
  }

  /// The names in the annotation: one record of comma-separated values, blanks kept.
  ///
  /// A record that does not parse skips nothing.
  private static func skippedContainers(_ annotations: JSON?) -> Set<ByteText> {
    guard let text = annotations?["eks.amazonaws.com/skip-containers"]?.string else { return [] }
    return Set((CSVRecord.fields(of: text) ?? []).map(\.bytes))
  }

  private static func isWindows(_ spec: JSONObject) -> Bool {
    ["kubernetes.io/os", "beta.kubernetes.io/os"].contains {
      spec["nodeSelector"]?[$0]?.string?.bytes == "windows"
    }
  }

  private static func tokenFile(isWindows: Bool) -> String {
    let path = "\(mountPath)/\(tokenPath)"
    return isWindows ? "C:" + path.bytes.split(separator: "/").map { "\\" + $0 }.joined() : path
  }

  private static func volume(_ seconds: Int) -> JSON {
    [
      "name": .string(volumeName),
      "projected": [
        "sources": [
          [
            "serviceAccountToken": [
              "audience": .string(audience), "expirationSeconds": .integer(Int64(seconds)),
              "path": .string(tokenPath),
            ]
          ]
        ],
        "defaultMode": 420,
      ],
    ]
  }
}
