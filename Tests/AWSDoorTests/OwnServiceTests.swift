import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Testing

/// A service that this test alone has: the door knows none by itself.
@Suite struct OwnServiceTests {
  /// Says a word of its path, and what it was made with.
  private struct SayWord: RESTOperation {
    let name = "SayWord"
    let method = "POST"
    let path = "/words/{word}"
    let ending: String

    func respond(to call: RESTCall) async throws(Refusal) -> JSON {
      try call.authorize("words:SayWord", on: "*")
      return ["said": .string(call.arguments[0] + ending)]
    }
  }

  private func endpoint(_ stack: AWSStack) -> AWSEndpoint {
    let form = RESTJSONForm([SayWord(ending: "!")])
    let words = AWSService(
      signingName: "words", operations: form.operations, errors: [], isMeant: { _ in false })
    return AWSEndpoint(
      context: stack.context, authenticator: stack.authenticator,
      services: [ServedService(words, by: form)])
  }

  @Test("is authenticated, authorized, answered and recorded as any other")
  func own() async throws {
    let stack = try await AWSStack()
    let endpoint = endpoint(stack)
    let answer = await endpoint.respond(to: stack.signed("words", "POST", "/words/hello"))
    #expect(answer.status == 200 && answer.json?["said"] == "hello!")
    #expect(stack.lastEvent?["operation"] == "SayWord")
    let pod = try await stack.caller()
    let refused = await endpoint.respond(to: stack.signed("words", "POST", "/words/hello", as: pod))
    #expect(refused.failure.code == "AccessDeniedException")
    let forged = stack.signed("iam", "POST", "/words/hello")
    #expect(
      await endpoint.respond(to: forged).failure
        == Failure(
          404, "UnknownOperationException",
          "No service iam answers here; this address has words."))
  }
}
