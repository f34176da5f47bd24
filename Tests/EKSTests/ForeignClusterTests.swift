import AWSDoor
import AWSTestSupport
import HTTP
import JSON
import Testing

/// An association belongs to the cluster that it was made in, and is nothing under another's path.
@Suite struct ForeignClusterTests {
  private static let path = "/clusters/local/pod-identity-associations"

  /// A stack of two clusters, and an association of the first.
  private static func stack() async throws -> (AWSStack, id: String) {
    let stack = try await AWSStack(clusters: ["local", "other"])
    await stack.makeRole()
    return (stack, await stack.associate("reader", ["tags": ["a": "b"]]))
  }

  @Test(
    "another cluster's path neither shows, changes nor deletes an association",
    arguments: ["GET", "POST", "DELETE"])
  func foreign(method: String) async throws {
    let (stack, id) = try await Self.stack()
    let body: JSON = ["disableSessionTags": true]
    let request = stack.signed(
      "eks", method, "/clusters/other/pod-identity-associations/\(id)",
      body: method == "POST" ? body.bytes() : [])
    #expect(
      await stack.endpoint.respond(to: request).failure
        == Failure(
          404, "ResourceNotFoundException",
          "No pod identity association found for id: \(id) in cluster: other."))
    let shown = await stack.eks("GET", "\(Self.path)/\(id)").json?["association"]
    #expect(shown?["associationId"]?.string == id)
    #expect(shown?["disableSessionTags"] == false)
    #expect(try await stack.podCredentials() != nil)
  }

  @Test("nor do the tags' operations by an ARN with another cluster")
  func tags() async throws {
    let (stack, id) = try await Self.stack()
    let arn = "arn:aws:eks:us-east-1:111122223333:podidentityassociation/other/\(id)"
    for (method, target) in [("GET", "/tags/\(arn)"), ("DELETE", "/tags/\(arn)?tagKeys=a")] {
      let answer = await stack.endpoint.respond(to: stack.signed("eks", method, target))
      #expect(answer.failure == Failure(404, "NotFoundException", "Resource not found: \(arn)"))
    }
    let shown = await stack.eks("GET", "\(Self.path)/\(id)").json?["association"]
    #expect(shown?["tags"] == ["a": "b"])
  }

  @Test("the same account of two clusters has an association in each")
  func both() async throws {
    let (stack, _) = try await Self.stack()
    let body: JSON = [
      "namespace": "default", "serviceAccount": "app",
      "roleArn": "arn:aws:iam::111122223333:role/reader",
    ]
    let made = await stack.endpoint.respond(
      to: stack.signed(
        "eks", "POST", "/clusters/other/pod-identity-associations", body: body.bytes()))
    let id = try #require(made.json?.at("association", "associationId")?.string)
    let deleted = await stack.endpoint.respond(
      to: stack.signed("eks", "DELETE", "/clusters/other/pod-identity-associations/\(id)"))
    #expect(deleted.status == 200)
    #expect(await stack.eks("GET", Self.path).json?["associations"]?.array?.count == 1)
    #expect(try await stack.podCredentials() != nil)
  }
}
