import AWSTestSupport
import AWSWire
import HTTP
import JSON
import Platform
import Testing

@testable import AWSDoor

/// Members whose values are of another type than the model's.
@Suite struct MemberTypesTests {
  private static let list = "Start of list found where not expected"
  private static let map = "Start of structure or map found where not expected."
  private static let associations = "/clusters/local/pod-identity-associations"

  /// A member, its value, and what EKS says.
  private static let bodies: [(String, JSON, String)] = [
    ("namespace", 5, "NUMBER_VALUE can not be converted to a String"),
    ("serviceAccount", true, "TRUE_VALUE can not be converted to a String"),
    ("roleArn", false, "FALSE_VALUE can not be converted to a String"),
    ("targetRoleArn", .number("1.5"), "NUMBER_VALUE can not be converted to a String"),
    ("policy", [:], map), ("clientRequestToken", [], list),
    ("disableSessionTags", "true", "STRING_VALUE can not be converted to a Boolean"),
    ("disableSessionTags", 1, "NUMBER_VALUE can not be converted to a Boolean"),
    ("disableSessionTags", [true], list), ("disableSessionTags", ["a": true], map),
    ("tags", "a", "Expected map or null"), ("tags", true, "Expected map or null"),
    ("tags", [["a": "b"]], list), ("tags", ["a": .null], "Map value must not be null"),
    ("tags", ["a": "b", "c": 5], "NUMBER_VALUE can not be converted to a String"),
    ("tags", ["a": [:]], map),
  ]

  @Test("a member of a body is not converted", arguments: bodies)
  func body(member: String, value: JSON, message: String) async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    var body: JSONObject = [
      "namespace": "default", "serviceAccount": "app",
      "roleArn": "arn:aws:iam::111122223333:role/reader",
    ]
    body[member] = value
    let answer = await stack.eks("POST", Self.associations, .object(body))
    #expect(answer.failure == Failure(400, "SerializationException", message))
    #expect(stack.lastEvent?["reason"]?.string?.hasPrefix(member) == true || member == "tags")
  }

  @Test("null is as good as absent")
  func null() async throws {
    let stack = try await AWSStack()
    await stack.makeRole()
    let answer = await stack.eks(
      "POST", Self.associations,
      [
        "namespace": "default", "serviceAccount": "app", "tags": .null, "policy": .null,
        "disableSessionTags": .null, "roleArn": "arn:aws:iam::111122223333:role/reader",
      ])
    #expect(answer.status == 200)
  }

  @Test("a token that is no text is not taken for an absent one")
  func token() async throws {
    let stack = try await AWSStack()
    let answer = await stack.send(
      "eks-auth", "POST", "/clusters/local/assume-role-for-pod-identity",
      headers: ["Content-Type": "application/json"], body: Array(#"{"token":5}"#.utf8))
    #expect(
      answer.failure
        == Failure(
          400, "SerializationException", "NUMBER_VALUE can not be converted to a String"))
  }

  @Test(
    "a number of a query string has 32 bits, and is absent where it is empty",
    arguments: [
      ("abc", "'abc' can not be converted to Integer"),
      ("1.5", "'1.5' can not be converted to Integer"),
      ("0x42", "'0x42' can not be converted to Integer"),
      ("2147483648", "'2147483648' can not be converted to Integer"),
      ("-9223372036854775809", "'-9223372036854775809' can not be converted to Integer"),
      ("%2B5", nil), ("05", nil), ("", nil),
    ] as [(String, String?)])
  func query(value: String, message: String?) async throws {
    let stack = try await AWSStack()
    let answer = await stack.eks("GET", "/clusters?maxResults=\(value)")
    guard let message else {
      #expect(answer.status == 200)
      return
    }
    #expect(answer.failure == Failure(400, "SerializationException", message))
  }

  @Test(
    "a number of the query protocol likewise, with an error that has no message",
    arguments: [
      ("abc", "MalformedInput", ""), ("1.5", "MalformedInput", ""),
      ("2147483648", "MalformedInput", ""),
      ("", "MalformedInput", "missing value for decimal type"),
      (
        "-1", "ValidationError",
        "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: "
          + "Member must have value greater than or equal to 1"
      ),
      ("+5", "", ""), ("005", "", ""),
    ])
  func form(value: String, code: String, message: String) async throws {
    let stack = try await AWSStack()
    let answer = await stack.query("iam", "ListRoles", [("MaxItems", value)])
    #expect(answer.failure == Failure(code.isEmpty ? 200 : 400, code, message))
    #expect(!answer.text.contains("<Message></Message>"))
  }
}
