import JSON
import Platform
import Testing

@testable import PodAdmission

/// Who decides how long a pod's identity token lives, where several do.
@Suite struct TokenExpirationTests {
  private static func annotated(_ value: String?) -> JSONObject {
    guard let value else { return [:] }
    return ["annotations": ["eks.amazonaws.com/token-expiration": .string(value)]]
  }

  @Test(
    "the pod's annotation wins over its account's, unless it is no number",
    arguments: [
      ("3600", "7200", 3600), ("7200", "3600", 7200), ("600", "86401", 600), ("10", "7200", 600),
      ("soon", "7200", 7200), ("", "7200", 7200), (nil, "7200", 7200), ("3600", "never", 3600),
      ("3600", nil, 3600),
    ] as [(String?, String?, Int64)])
  func precedence(pod: String?, account: String?, expected: Int64) throws {
    var object: JSONObject = [
      "metadata": .object(Self.annotated(pod)), "spec": ["containers": [["name": "c"]]],
    ]
    PodIdentityMutation(region: "us-east-1", randomness: .seeded(1))
      .apply(to: &object, account: ["metadata": .object(Self.annotated(account))])
    let source = object["spec"]?["volumes"]?[0]?.at("projected", "sources")?[0]
    #expect(source?.at("serviceAccountToken", "expirationSeconds")?.integer == expected)
  }
}
