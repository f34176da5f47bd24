import AWSDoor
import PodIdentity

/// Lists the identity providers, oldest first, in one page.
struct ListOpenIDConnectProviders: QueryOperation {
  let name = "ListOpenIDConnectProviders"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let account = call.account
    try call.authorize("iam:ListOpenIDConnectProviders", on: account.iamARN("oidc-provider/*"))
    let entries = call.store.providers.map { provider -> QueryValue in
      ["Arn": .text(provider.arn(in: account))]
    }
    return ["OpenIDConnectProviderList": .list(entries)]
  }
}
