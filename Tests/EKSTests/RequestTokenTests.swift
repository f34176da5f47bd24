import AWSTestSupport
import HTTP
import JSON
import Platform
import Testing

/// What a client's request token stands for, and for how long.
@Suite struct RequestTokenTests {
  private static let all = "/clusters/local/pod-identity-associations"

  @Test("a token stands for its request until the day is over")
  func life() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let first = await stack.associate("reader", ["clientRequestToken": "t"])
    stack.machineClock.advance(by: .seconds(24 * 3600 - 1))
    #expect(await stack.associate("reader", ["clientRequestToken": "t"]) == first)
    #expect(!first.isEmpty)
  }

  @Test("the token of one association's change is none for the same change of another")
  func path() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    func change(_ id: String) async -> HTTPResponse {
      await stack.eks(
        "POST", "\(Self.all)/\(id)", ["disableSessionTags": true, "clientRequestToken": "t"])
    }
    let one = await stack.associate(serviceAccount: "a")
    let two = await stack.associate(serviceAccount: "b")
    #expect(await change(one).status == 200)
    #expect(await change(two).failure.code == "InvalidRequestException")
    let shown = await stack.eks("GET", "\(Self.all)/\(two)")
    #expect(shown.json?.at("association", "disableSessionTags") == false)
  }
}
