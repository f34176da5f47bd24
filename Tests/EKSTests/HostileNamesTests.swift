import AWSTestSupport
import JSON
import Testing

/// Names that no Kubernetes object has.
@Suite struct HostileNamesTests {
  @Test(
    "an association for a name that nothing can have is refused, and none is stored",
    arguments: [
      ("default\0x", "app"), ("default", "app\0x"), ("\0", "app"), ("default", "app\n"),
      ("def ault", "app"), ("default", "a/b"), ("default", "\u{7F}"), ("default", "e\u{301}"),
    ])
  func controls(namespace: String, account: String) async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let answer = await stack.eks(
      "POST", "/clusters/local/pod-identity-associations",
      [
        "namespace": .string(namespace), "serviceAccount": .string(account),
        "roleArn": "arn:aws:iam::111122223333:role/reader",
      ])
    #expect(answer.failure.code == "InvalidParameterException")
    #expect(answer.failure.message.contains("Member must satisfy regular expression pattern"))
    let list = await stack.eks("GET", "/clusters/local/pod-identity-associations")
    #expect(list.json?["associations"]?.array?.isEmpty == true)
    await stack.associate()
    let after = await stack.eks("GET", "/clusters/local/pod-identity-associations")
    #expect(after.json?["associations"]?.array?.count == 1)
  }

  @Test("what a client token or an owner holds behind a NUL counts too")
  func tokens() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let first = await stack.associate(serviceAccount: "a", ["clientRequestToken": "t\0one"])
    let second = await stack.associate(serviceAccount: "b", ["clientRequestToken": "t\0two"])
    #expect(!first.isEmpty && !second.isEmpty && first != second)
  }

  @Test(
    "a client token stands for what the operation knows of a request, not for what it passes over")
  func unknownMembers() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let first = await stack.associate(
      "reader", ["clientRequestToken": "t", "unknown": 1] as JSONObject)
    let again = await stack.associate(
      "reader", ["clientRequestToken": "t", "another": [1, 2]] as JSONObject)
    #expect(!first.isEmpty && first == again)
    let other = await stack.associate(
      "reader", ["clientRequestToken": "t", "disableSessionTags": true] as JSONObject)
    #expect(other.isEmpty)
  }
}
