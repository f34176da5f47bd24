package import Platform
package import PodIdentity

/// An OpenID Connect identity provider of the account.
package struct OIDCProvider: Sendable {
  /// Host and path, without `https://`.
  package let url: String
  package let clientIDs: [String]
  package let thumbprints: [String]
  package let tags: [ResourceTag]
  package let created: Instant

  /// The provider's ARN.
  package func arn(in account: AWSAccount) -> String {
    account.iamARN("oidc-provider/\(url)")
  }
}
