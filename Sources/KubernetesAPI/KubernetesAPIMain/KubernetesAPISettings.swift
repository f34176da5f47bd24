import AWSWire
import AdminAPI
import HTTP
import Platform

/// The settings of kubernetes-api, read once from its table.
struct KubernetesAPISettings: Sendable {
  /// The program's flags, variables, defaults and meanings.
  package static let table = SettingsTable(
    program: "kubernetes-api", summary: "the ServiceAccount side of a cluster's API server",
    rows: ServerSettings.rows(
      listen: "127.0.0.1:4576", listenHelp: "where the API listens, with TLS",
      admin: "127.0.0.1:4581")
      + [
        Setting(
          "issuer", placeholder: "URL",
          "issuer of tokens, chosen at first start (default: the first listener's URL)"),
        Setting(
          "tls-san", placeholder: "NAME", repeatable: true,
          "a further name or address in the server's certificate"),
        Setting(
          "advertise", placeholder: "URL",
          "URL in kubeconfigs and OIDC documents (default: the first listener's URL)"),
        Setting(
          "ca-file", placeholder: "FILE",
          "a further place for the authority's certificate, which others may read"),
        Setting(
          "aws-endpoint", placeholder: "URL", default: "http://127.0.0.1:4577",
          "where EKS's association operations are"),
        Setting("cluster-name", placeholder: "NAME", default: "local", "the cluster's name"),
        Setting("region", placeholder: "REGION", default: "us-east-1", "region that pods are told"),
        Setting(
          "account", placeholder: "ID", default: "111122223333",
          "account in the ARNs of association owners"),
        Setting(
          "annotation-associations", .choice(["on", "off"]), default: "on",
          "serve the annotation \(PodAdmission.roleAnnotation)"),
        Setting(
          "kubernetes-version", placeholder: "1.MINOR", default: "1.33", "version to report"),
        Setting(
          "kid-format", .choice(KeyIDFormat.allCases.map(\.rawValue)), default: "eks",
          "form of the key id in tokens"),
        Setting(
          "min-token-seconds", .integer(1...86_400), default: "600",
          "shortest lifetime of tokens"),
        Setting(
          "authorization", .choice(Authorizer.Mode.allCases.map(\.rawValue)),
          default: "restricted", "who may do what"),
        Setting(
          "aws-access-key-id", placeholder: "ID", default: "test", "key id for calls of EKS"),
        Setting(
          "aws-secret-access-key", placeholder: "KEY", default: "test", "secret key for them"),
      ])

  let listen: [HostPort]
  let issuer: String?
  let names: [String]
  let advertise: String?
  let authorityFile: String?
  let awsEndpoint: HTTPURL
  let cluster: String
  let region: String
  let account: String
  let honoursAnnotation: Bool
  let version: String
  let keyIDFormat: KeyIDFormat
  let minimumTokenSeconds: Int64
  let authorization: Authorizer.Mode
  let credentials: AWSCredentials

  /// Reads the settings, and checks what the table cannot.
  init(_ settings: Settings) throws(StartFailure) {
    listen = settings.addresses("listen")
    issuer = settings.string("issuer")
    names = settings.strings("tls-san")
    advertise = settings.string("advertise").map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    if let advertise, HTTPURL(advertise)?.isSecure != true {
      throw StartFailure("--advertise must be an https URL, not \"\(advertise)\"")
    }
    authorityFile = settings.string("ca-file")
    let endpoint = settings.string("aws-endpoint") ?? ""
    guard let url = HTTPURL(endpoint) else {
      throw StartFailure("--aws-endpoint must be an http URL, not \"\(endpoint)\"")
    }
    awsEndpoint = url
    cluster = settings.string("cluster-name") ?? "local"
    region = settings.string("region") ?? "us-east-1"
    account = settings.string("account") ?? "111122223333"
    honoursAnnotation = settings.string("annotation-associations") != "off"
    version = settings.string("kubernetes-version") ?? "1.33"
    let parts = version.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "1", let minor = Int(parts[1]), (20...99).contains(minor)
    else { throw StartFailure("--kubernetes-version must be like 1.33, not \"\(version)\"") }
    keyIDFormat = settings.string("kid-format").flatMap(KeyIDFormat.init) ?? .eks
    minimumTokenSeconds = Int64(settings.integer("min-token-seconds") ?? 600)
    authorization = settings.string("authorization").flatMap(Authorizer.Mode.init) ?? .restricted
    credentials = AWSCredentials(
      accessKeyID: settings.string("aws-access-key-id") ?? "test",
      secretAccessKey: settings.string("aws-secret-access-key") ?? "test")
  }
}
