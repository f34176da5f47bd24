import AdminAPI
import Cryptography
import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// The fault `garbage-token`: a pod's token that says all that it should, with a signature of nobody.
@Suite struct GarbageTokenTests {
  private func token(_ world: IdentityWorld, _ rule: JSON?) async throws -> String {
    let fault = try rule.map { try Fault(json: $0, catalogue: KubernetesFaults.catalogue) }
    let (object, _) = try await world.tokens.create(
      ["spec": ["audiences": ["pods.eks.amazonaws.com"]]], namespace: "default", name: "app",
      node: nil, fault: fault, objects: world.objects)
    return object.at("status", "token")?.string ?? ""
  }

  @Test("the token reads as the true one does, and no key of the cluster verifies it")
  func garbled() async throws {
    let world = try IdentityWorld()
    let keys = try JWKS(json: JSON.parse(try await world.keyring.key().jwks))
    let genuine = try JWT(compact: try await token(world, nil))
    try keys.verify(genuine)
    let rule: JSON = ["action": "garbage-token", "operation": "TokenRequest"]
    let garbled = try JWT(compact: try await token(world, rule))
    #expect(garbled.header == genuine.header)
    #expect(garbled.claims["sub"] == genuine.claims["sub"])
    #expect(garbled.claims["aud"] == ["pods.eks.amazonaws.com"])
    #expect(garbled.signature.count == genuine.signature.count)
    let error = #expect(throws: JWTError.self) { try keys.verify(garbled) }
    guard case .signature = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("it is for token requests alone")
  func operation() {
    let error = #expect(throws: Fault.Refusal.self) {
      try Fault(
        json: ["action": "garbage-token", "operation": "get pods"],
        catalogue: KubernetesFaults.catalogue)
    }
    #expect(error?.description == "the action garbage-token is for the operation TokenRequest")
  }
}
