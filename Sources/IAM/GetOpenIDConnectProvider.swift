import AWSDoor
import JSON
import Platform

/// Shows an identity provider; its URL comes without the scheme.
struct GetOpenIDConnectProvider: QueryOperation {
  let name = "GetOpenIDConnectProvider"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let arn = try call.providerARN(allowing: name)
    let account = call.account
    guard
      let provider = call.store.providers.first(where: {
        $0.arn(in: account).bytes == arn.bytes
      })
    else { throw IAMFailure.noProvider(arn: arn).refusal }
    return [
      "Url": .text(provider.url), "ClientIDList": .list(provider.clientIDs.map(QueryValue.text)),
      "ThumbprintList": .list(provider.thumbprints.map(QueryValue.text)),
      "CreateDate": .text(provider.created.rfc3339Milli), "Tags": provider.tags.queryList,
    ]
  }
}

extension QueryCall {
  /// The ARN that `OpenIDConnectProviderArn` gives, the caller being allowed the action.
  func providerARN(allowing action: String) throws(Refusal) -> String {
    let arn = self["OpenIDConnectProviderArn"]
    try check { constraints in
      constraints.text("openIDConnectProviderArn", arn, isRequired: true, length: 20...2048)
    }
    let text = arn ?? ""
    guard text.bytes.hasPrefix("arn:"), text.bytes.contains(":oidc-provider/") else {
      throw IAMFailure.invalidARN(text).refusal
    }
    try authorize("iam:\(action)", on: text)
    return text
  }
}
