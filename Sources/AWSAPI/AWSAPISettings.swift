import AWSDoor
import AdminAPI
import JSON
package import Platform
package import PodIdentity

/// The settings of aws-api.
package enum AWSAPISettings {
  /// The table that makes flags, variables, defaults, validation and help.
  package static let table = SettingsTable(
    program: "aws-api",
    summary: "EKS Auth, EKS, STS and IAM on one port, S3 on another, as a local stack needs them",
    rows: ServerSettings.rows(
      listen: StackDefaults.aws, listenHelp: "where EKS Auth, EKS, STS and IAM listen",
      admin: StackDefaults.awsAdmin)
      + [
        Setting(
          "s3-listen", .address, repeatable: true, default: StackDefaults.s3.text,
          "where S3 listens"),
        Setting(
          "tls-listen", .address, repeatable: true,
          "where all services answer by TLS as well, with the authority STATE/aws-api/ca.crt"),
        .account("the account, twelve digits"), .region("the region in ARNs"),
        Setting(
          "cluster", .form(Cluster.form), repeatable: true,
          default: "\(StackDefaults.cluster)=https://\(StackDefaults.kubernetes)",
          "a cluster whose pods' tokens are taken, with the issuer that signs them"),
        Setting(
          "buckets", placeholder: "DIR",
          "the folder whose folders are the buckets (default STATE/aws-api/buckets)"),
        Setting(
          "credential-lifetime", .duration,
          "how long credentials last (AWS: 6h, 59m through a target role)"),
        Setting(
          "association-delay", .duration, default: "0s",
          "how long EKS Auth does not see a changed association"),
        Setting(
          "accept-unknown-keys", .toggle,
          "take every long-term access key that is not known as the root's, unverified"),
        Setting(
          "root-credentials", .choice(["test", "random"]),
          "the root's keys: test/test, or a random pair in root/credentials.json below --keys "
            + "(default test, random where a listener is not loopback)"),
        Setting(
          "keys", placeholder: "DIR",
          "the folder of the keys that are made for the root and the other servers (default "
            + "STATE/aws-api)"),
      ])

  /// Whether every listener, that of the admin port too, is reached from this machine alone.
  package static func isLocal(_ settings: Settings) -> Bool {
    ["listen", "s3-listen", "tls-listen", "admin-listen"]
      .allSatisfy { settings.addresses($0).allSatisfy(\.isLoopback) }
  }

  /// Whether the root's keys are random: as `--root-credentials` says, else where a listener is not
  /// loopback.
  package static func hasRandomRoot(_ settings: Settings) -> Bool {
    settings.string("root-credentials").map { $0.bytes == "random" } ?? !isLocal(settings)
  }

  /// The account and region.
  package static func account(_ settings: Settings) throws(UsageError) -> AWSAccount {
    AWSAccount(id: try settings.required("account"), region: try settings.required("region"))
  }
}
