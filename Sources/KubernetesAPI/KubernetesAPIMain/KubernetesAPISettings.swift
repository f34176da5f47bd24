import AWSWire
import AdminAPI
import HTTP
import JSON
import Platform
import PodAdmission
import PodIdentity

/// The settings of kubernetes-api, read once from its table.
struct KubernetesAPISettings: Sendable {
  /// The program's flags, variables, defaults and meanings.
  package static let table = SettingsTable(
    program: "kubernetes-api", summary: "the ServiceAccount side of a cluster's API server",
    rows: ServerSettings.rows(
      listen: StackDefaults.kubernetes, listenHelp: "where the API listens, with TLS",
      admin: StackDefaults.kubernetesAdmin)
      + [
        Setting(
          "issuer", .form(Issuer.form),
          "issuer of tokens, chosen at first start (default: the first listener's URL)"),
        Setting(
          "tls-san", .form(.host), repeatable: true,
          "a further name or address in the server's certificate"),
        Setting(
          "advertise", .form(.secureURL),
          "URL in kubeconfigs and OIDC documents (default: the first listener's URL)"),
        Setting(
          "ca-file", placeholder: "FILE",
          "a further place for the authority's certificate, which others may read"),
        Setting(
          "aws-endpoint", .form(.url), default: "http://\(StackDefaults.aws)",
          "where EKS's association operations are"),
        .clusterName, .nodeName("the node that the node's kubeconfig is for"),
        .region("region that pods are told"), .account("account in the ARNs of association owners"),
        Setting(
          "annotation-associations", .choice(["on", "off"]), default: "on",
          "serve the annotation \(PodIdentityAdmission.roleAnnotation)"),
        Setting(
          "kubernetes-version", .choice(Self.versions), placeholder: "1.MINOR", default: "1.36",
          "version to report, 1.27 to 1.36"),
        Setting(
          "ip-family", .choice(PodIdentityMutation.IPFamily.allCases.map(\.rawValue)),
          default: "ipv4", "which of the agent's addresses pods are told"),
        Setting(
          "kid-format", .choice(KeyIDFormat.allCases.map(\.rawValue)), default: "eks",
          "form of the key id in tokens"),
        Setting(
          "min-token-seconds", .integer(1...86_400), default: "600",
          "shortest lifetime of tokens"),
        Setting(
          "authorization", .choice(Authorizer.Mode.allCases.map(\.rawValue)),
          default: "restricted", "who may do what"),
      ] + SigningKey.rows(service: "EKS"))
  /// Before 1.27 kubectl asks for other documents; the objects here are those of 1.36.
  private static let versions = (27...36).map { "1.\($0)" }

  let listen: [HostPort]
  let issuer: String?
  let names: [String]
  let advertise: String?
  let authorityFile: String?
  let awsEndpoint: HTTPURL
  let cluster: String
  let node: String
  let region: String
  let account: String
  let honoursAnnotation: Bool
  let version: String
  let family: PodIdentityMutation.IPFamily
  let keyIDFormat: KeyIDFormat
  let minimumTokenSeconds: Int64
  let authorization: Authorizer.Mode
  let signingKey: SigningKey

  /// Reads the settings, which the table has checked.
  init(_ settings: Settings) throws(UsageError) {
    listen = settings.addresses("listen")
    issuer = settings.string("issuer")
    names = settings.strings("tls-san")
    advertise = settings.string("advertise").map {
      $0.bytes.hasSuffix("/") ? String($0.dropLast()) : $0
    }
    authorityFile = settings.string("ca-file")
    awsEndpoint = try settings.required("aws-endpoint") { HTTPURL($0) }
    cluster = try settings.required("cluster-name")
    node = try settings.required("node-name")
    region = try settings.required("region")
    account = try settings.required("account")
    honoursAnnotation = try settings.required("annotation-associations").bytes == "on"
    version = try settings.required("kubernetes-version")
    family = try settings.required("ip-family", PodIdentityMutation.IPFamily.init(named:))
    keyIDFormat = try settings.required("kid-format", KeyIDFormat.init(named:))
    minimumTokenSeconds = try settings.required("min-token-seconds") { Int64($0) }
    authorization = try settings.required("authorization", Authorizer.Mode.init(named:))
    signingKey = try SigningKey(settings)
  }
}
