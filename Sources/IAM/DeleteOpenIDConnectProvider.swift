import AWSDoor
import JSON
import PodIdentity

/// Deletes an identity provider; one that is not there is an error.
struct DeleteOpenIDConnectProvider: QueryOperation {
  let name = "DeleteOpenIDConnectProvider"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let arn = try call.providerARN(allowing: name)
    let prefix = call.account.iamARN("oidc-provider/")
    guard arn.bytes.hasPrefix(prefix.bytes) else {
      throw IAMFailure.noProviderToDelete(arn: arn).refusal
    }
    let isDeleted = try await call.stored {
      try await call.store.deleteProvider(
        url: String(Substring(arn.utf8.dropFirst(prefix.utf8.count))))
    }
    guard isDeleted else { throw IAMFailure.noProviderToDelete(arn: arn).refusal }
    return nil
  }
}
