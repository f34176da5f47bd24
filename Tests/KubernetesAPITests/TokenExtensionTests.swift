import Cryptography
import JSON
import Testing

@testable import KubernetesAPI

/// A token that others take lives as long as was asked, whoever else takes it.
@Suite struct TokenExtensionTests {
  @Test(
    "a token is extended for a year where it is for this server alone",
    arguments: [
      ([IdentityWorld.issuer], true), ([IdentityWorld.issuer, "sts.amazonaws.com"], false),
      (["sts.amazonaws.com", IdentityWorld.issuer], false), (["sts.amazonaws.com"], false),
    ])
  func audiences(audiences: [String], isExtended: Bool) async throws {
    let world = try IdentityWorld()
    let made = try await world.tokens.create(
      [
        "spec": [
          "audiences": .strings(audiences), "expirationSeconds": 3607,
          "boundObjectRef": ["kind": "Pod", "apiVersion": "v1", "name": "p1"],
        ]
      ], namespace: "default", name: "app", node: nil, objects: world.objects)
    let claims = try JWT(compact: made.object.at("status", "token")?.string ?? "").claims
    let issued = try #require(claims["iat"]?.integer)
    #expect(claims["exp"] == .integer(issued + (isExtended ? 31_536_000 : 3607)))
    #expect((claims.at("kubernetes.io", "warnafter") != nil) == isExtended)
  }
}
