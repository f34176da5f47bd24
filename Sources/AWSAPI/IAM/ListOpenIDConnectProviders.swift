/// Lists the identity providers, oldest first, in one page.
enum ListOpenIDConnectProviders: QueryOperation {
  static let name = "ListOpenIDConnectProviders"

  static func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let account = call.context.account
    try call.authorize("iam:ListOpenIDConnectProviders", on: account.iamARN("oidc-provider/*"))
    let entries = call.context.store.providers.map { provider -> QueryValue in
      ["Arn": .text(provider.arn(in: account))]
    }
    return ["OpenIDConnectProviderList": .list(entries)]
  }
}
