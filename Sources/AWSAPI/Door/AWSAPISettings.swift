import AdminAPI
package import Platform

/// The settings of aws-api.
package enum AWSAPISettings {
  /// The table that makes flags, variables, defaults, validation and help.
  package static let table = SettingsTable(
    program: "aws-api",
    summary: "EKS Auth, EKS, STS and IAM on one port, S3 on another, as a local stack needs them",
    rows: ServerSettings.rows(
      listen: "127.0.0.1:4577", listenHelp: "where EKS Auth, EKS, STS and IAM listen",
      admin: "127.0.0.1:4582")
      + [
        Setting(
          "s3-listen", .address, repeatable: true, default: "127.0.0.1:4578",
          "where S3 listens"),
        Setting(
          "account", placeholder: "ID", default: "111122223333", "the account, twelve digits"),
        Setting("region", placeholder: "NAME", default: "us-east-1", "the region in ARNs"),
        Setting(
          "cluster", placeholder: "NAME=ISSUER[,jwks=URL][,ca=FILE]", repeatable: true,
          default: "local=https://127.0.0.1:4576",
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
          "the root's keys: test/test, or a random pair in STATE/aws-api/root-credentials.json "
            + "(default test, random where a listener is not loopback)"),
      ])

  /// The account and region, checked.
  package static func account(_ settings: Settings) throws(UsageError) -> AWSAccount {
    let id = settings.string("account") ?? ""
    guard id.utf8.count == 12, id.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw UsageError("aws-api: --account must be twelve digits, not \"\(id)\"")
    }
    let region = settings.string("region") ?? ""
    guard region.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }),
      !region.isEmpty
    else { throw UsageError("aws-api: --region must be a region's name, not \"\(region)\"") }
    return AWSAccount(id: id, region: region)
  }
}
