import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Platform
import Testing

/// Identity providers of the account.
@Suite struct IdentityProviderTests {
  private static let arn = "arn:aws:iam::111122223333:oidc-provider/issuer.example/id"
  private static let named = [("OpenIDConnectProviderArn", arn)]
  private static let url = ("Url", "https://issuer.example/id")

  @Test("one that is made is shown without its scheme, and listed")
  func made() async throws {
    let stack = try await AWSStack()
    let thumbprint = String(repeating: "a", count: 40)
    let made = await stack.query(
      "iam", "CreateOpenIDConnectProvider",
      [
        Self.url, ("ClientIDList.member.1", "one"), ("ClientIDList.member.2", "two"),
        ("ThumbprintList.member.1", thumbprint), ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
      ])
    #expect(made.element("OpenIDConnectProviderArn") == Self.arn && made.element("Key") == "k")
    let shown = await stack.query("iam", "GetOpenIDConnectProvider", Self.named)
    #expect(shown.element("Url") == "issuer.example/id" && shown.element("Value") == "v")
    #expect(shown.text.contains("<member>one</member><member>two</member>"))
    #expect(shown.text.contains("<member>\(thumbprint)</member>"))
    #expect(shown.element("CreateDate") == stack.machineClock.now.rfc3339Milli)
    _ = await stack.query(
      "iam", "CreateOpenIDConnectProvider", [("Url", "https://a.example")])
    let list = await stack.query("iam", "ListOpenIDConnectProviders").text
    let other = "arn:aws:iam::111122223333:oidc-provider/a.example"
    #expect(
      list.contains(
        "<member><Arn>\(Self.arn)</Arn></member><member><Arn>\(other)</Arn></member>"))
  }

  @Test("what is no provider is refused")
  func notMade() async throws {
    let stack = try await AWSStack()
    func make(_ parameters: [(String, String)]) async -> Failure {
      await stack.query("iam", "CreateOpenIDConnectProvider", parameters).failure
    }
    for url in ["http://a.example", "https://", "https://a?b", "https://a#b", "https://a b"] {
      #expect(
        await make([("Url", url)])
          == Failure(400, "ValidationError", "Invalid Open ID Connect Provider URL"), "\(url)")
    }
    #expect(await make([]).message.contains("'url'"))
    let short = Self.url
    #expect(await make([short, ("ThumbprintList.member.1", "a")]).code == "ValidationError")
    let thumbprints = (1...6).map {
      ("ThumbprintList.member.\($0)", String(repeating: "a", count: 40))
    }
    #expect(
      await make([Self.url] + thumbprints)
        == Failure(400, "InvalidInput", "Thumbprint list must contain fewer than 5 entries."))
    let clients = (1...101).map { ("ClientIDList.member.\($0)", "c\($0)") }
    #expect(
      await make([Self.url] + clients)
        == Failure(
          409, "LimitExceeded",
          "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"))
    #expect(stack.context.store.providers.isEmpty)
    _ = await make([Self.url])
    #expect(
      await make([Self.url])
        == Failure(
          409, "EntityAlreadyExists",
          "Provider with url https://issuer.example/id already exists."))
  }

  @Test("one that is deleted is gone, and none is deleted twice")
  func deleted() async throws {
    let stack = try await AWSStack()
    _ = await stack.query("iam", "CreateOpenIDConnectProvider", [Self.url])
    #expect(
      await stack.query("iam", "DeleteOpenIDConnectProvider", Self.named).status == 200)
    #expect(
      await stack.query("iam", "DeleteOpenIDConnectProvider", Self.named).failure
        == Failure(
          404, "NoSuchEntity", "OpenId connect Provider \(Self.arn) cannot be found."))
    #expect(
      await stack.query("iam", "GetOpenIDConnectProvider", Self.named).failure
        == Failure(
          404, "NoSuchEntity", "OpenIDConnect Provider not found for arn \(Self.arn)"))
    let text = "arn:aws:iam::111122223333:role/reader"
    for operation in ["GetOpenIDConnectProvider", "DeleteOpenIDConnectProvider"] {
      #expect(
        await stack.query("iam", operation, [("OpenIDConnectProviderArn", text)]).failure
          == Failure(400, "InvalidInput", "ARN \(text) is not valid."))
      #expect(await stack.query("iam", operation).failure.code == "ValidationError")
    }
    _ = await stack.query("iam", "CreateOpenIDConnectProvider", [Self.url])
    let foreign = Self.arn.replacing("111122223333", with: "444455556666")
    #expect(
      await stack.query(
        "iam", "DeleteOpenIDConnectProvider", [("OpenIDConnectProviderArn", foreign)]
      ).failure.code == "NoSuchEntity")
    #expect(stack.context.store.providers.count == 1)
  }
}
