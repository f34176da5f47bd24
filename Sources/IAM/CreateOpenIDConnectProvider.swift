import AWSDoor
import JSON
import PodIdentity

/// Makes an identity provider of the account; nothing is fetched from its URL.
struct CreateOpenIDConnectProvider: QueryOperation {
  let name = "CreateOpenIDConnectProvider"

  func respond(to call: QueryCall) async throws(Refusal) -> QueryValue? {
    let given = call["Url"]
    let clientIDs = call.list("ClientIDList")
    let thumbprints = call.list("ThumbprintList")
    let tags = call.tags()
    try call.check { constraints in
      constraints.text("url", given, isRequired: true, length: 1...255)
      constraints.texts("clientIDList", clientIDs, length: 1...255)
      constraints.texts("thumbprintList", thumbprints, length: 40...40)
      constraints.tags(tags)
    }
    guard let given, let rest = given.bytes.without(prefix: "https://"), !rest.isEmpty,
      !rest.unicodeScalars.contains(where: {
        "?#@".unicodeScalars.contains($0) || $0.properties.isWhitespace
      })
    else { throw IAMFailure.invalidProviderURL.refusal }
    let url = String(rest)
    let arn = call.account.iamARN("oidc-provider/\(url)")
    try call.authorize("iam:CreateOpenIDConnectProvider", on: arn)
    guard thumbprints.count <= 5 else { throw IAMFailure.tooManyThumbprints.refusal }
    guard clientIDs.count <= 100 else { throw IAMFailure.tooManyClientIDs.refusal }
    let checkedTags = try call.checkedTags()
    let provider = try await call.stored {
      try await call.store.addProvider(
        url: url, clientIDs: clientIDs, thumbprints: thumbprints, tags: checkedTags)
    }
    guard let provider else { throw IAMFailure.providerExists(url: given).refusal }
    return [
      "OpenIDConnectProviderArn": .text(provider.arn(in: call.account)),
      "Tags": provider.tags.isEmpty ? nil : provider.tags.queryList,
    ]
  }
}
