/// Deletes an identity provider; one that is not there is an error.
enum DeleteOpenIDConnectProvider: QueryOperation {
  static let name = "DeleteOpenIDConnectProvider"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let arn = try call.providerARN(allowing: name)
    let prefix = call.context.account.iamARN("oidc-provider/")
    guard arn.hasPrefix(prefix) else { throw IAMFailure.noProviderToDelete(arn: arn).refusal }
    let isDeleted = try await call.stored {
      try await call.context.store.deleteProvider(url: String(arn.dropFirst(prefix.count)))
    }
    guard isDeleted else { throw IAMFailure.noProviderToDelete(arn: arn).refusal }
    return nil
  }
}
