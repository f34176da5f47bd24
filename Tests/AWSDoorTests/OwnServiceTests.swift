import AWSDoor
import AWSTestSupport
import AWSWire
import HTTP
import IAMPolicy
import JSON
import Platform
import TestSupport
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
      // The key is the query's, so that a test has it declared or not.
      var keys: PolicyContext = ["words:Word": [call.arguments[0]]]
      if let more = call.query["key"] { keys[more] = ["x"] }
      try call.authorize("words:SayWord", on: "*", context: keys)
      return ["said": .string(call.arguments[0] + ending)]
    }
  }

  private static let form = RESTJSONForm([SayWord(ending: "!")])
  private static let words = AWSService(
    signingName: "words", operations: form.operations, errors: [],
    conditionKeys: [ConditionKey("words:Word"), ConditionKey("words:Tag/")],
    grants: [ServiceGrant(to: .nodeAgent, named: "talk", ["words:SayWord"])],
    isMeant: { _ in false })

  private func endpoint(_ stack: AWSStack) -> AWSEndpoint {
    let context = DoorContext(
      account: stack.context.account, services: [Self.words], store: stack.context.store,
      clock: stack.clock, events: stack.events, faults: stack.faults, log: .none)
    return AWSEndpoint(
      context: context, authenticator: stack.authenticator,
      services: [ServedService(Self.words, by: Self.form)])
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

  @Test(
    "a condition key counts where the service declares it, and refuses the call where it does not",
    arguments: [
      ("/words/hello", 200), ("/words/bye", 403), ("/words/hello?key=words:Tag/a", 200),
      ("/words/hello?key=words:Other", 403), ("/words/hello?key=aws:SourceIp", 403),
    ])
  func conditionKeys(target: String, status: Int) async throws {
    let stack = try await AWSStack()
    let endpoint = endpoint(stack)
    let pod = try await stack.caller(
      #"{"Effect":"Allow","Action":"words:SayWord","Resource":"*","#
        + #""Condition":{"StringEquals":{"words:Word":"hello"}}}"#)
    let answer = await endpoint.respond(to: stack.signed("words", "POST", target, as: pod))
    #expect(answer.status == status)
    let isUndeclared = target.contains("Other") || target.contains("SourceIp")
    #expect(answer.text.contains("does not declare") == isUndeclared)
    // Not even the root is let by: it would not be seen that the key is missing.
    let root = await endpoint.respond(to: stack.signed("words", "POST", target))
    #expect(root.status == (isUndeclared ? 403 : 200))
  }

  @Test("a server of the stack may do what services grant to it, and no more")
  func grants() async throws {
    let folder = try Scratch.folder()
    let stack = try await AWSStack(longTermKeys: LongTermKeys(in: folder, randomRoot: true))
    let endpoint = endpoint(stack)
    func status(_ user: String) async throws -> Failure {
      let key = try AccessKeyFile(path: "\(folder)/\(user)/credentials.json").read()
      return await endpoint.respond(
        to: stack.signed("words", "POST", "/words/hello", as: key)
      ).failure
    }
    #expect(try await status("node-agent").status == 200)
    let refused = try await status("kubernetes-api")
    #expect(refused.code == "AccessDeniedException")
    #expect(refused.message.hasPrefix("User: arn:aws:iam::111122223333:user/podid/kubernetes-api "))
  }
}
