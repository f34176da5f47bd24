import Cryptography
import JSON
import Platform
import Testing

@testable import KubernetesAPI

/// Lifetimes and bindings at their bounds.
@Suite struct TokenRequestBoundsTests {
  private func create(
    _ spec: JSON, minimum: Int64 = 600, metadata: JSON = [:], node: NodeIdentity? = nil
  ) async throws -> (seconds: Int64?, claims: JSON?, failure: StatusError?) {
    let world = try IdentityWorld()
    let issuer = TokenIssuer(
      keyring: world.keyring, identity: world.identity, clock: world.clock, randomness: .seeded(7),
      minimumSeconds: minimum)
    do throws(StatusError) {
      let made = try await issuer.create(
        ["spec": spec, "metadata": metadata], namespace: "default", name: "app", node: node,
        objects: world.objects)
      let claims = try? JWT(compact: made.object.at("status", "token")?.string ?? "").claims
      return (made.object.at("spec", "expirationSeconds")?.integer, claims, nil)
    } catch { return (nil, nil, error) }
  }

  @Test(
    "as short as the operator allows, as long as upstream takes",
    arguments: [
      (600, 600, nil), (599, 600, "may not specify a duration less than 10 minutes"),
      (10, 10, nil), (9, 10, "may not specify a duration less than 10 seconds"),
      (119, 120, "may not specify a duration less than 2 minutes"),
      (1 << 32, 600, nil),
      (1 << 32 + 1, 600, "may not specify a duration larger than 2^32 seconds"),
    ] as [(Int64, Int64, String?)])
  func seconds(asked: Int64, minimum: Int64, rule: String?) async throws {
    let found = try await create(["expirationSeconds": .integer(asked)], minimum: minimum)
    #expect(found.seconds == (rule == nil ? min(asked, 86_400) : nil))
    #expect(found.failure?.message.hasSuffix(": Invalid value: \(asked): \(rule ?? "")") ?? true)
    #expect((found.failure != nil) == (rule != nil))
  }

  @Test("names of the account that it is asked of are taken, empty ones and its UID too")
  func metadata() async throws {
    for metadata in [
      ["name": "app", "namespace": "default", "uid": "uid-serviceaccounts-app"],
      ["name": "", "namespace": "", "uid": ""], .null,
    ] as [JSON] { #expect(try await create([:], metadata: metadata).failure == nil) }
  }

  @Test(
    "a token shares the life of what it is bound to, and of its pod's node",
    arguments: [
      (nil, ["namespace", "serviceaccount"]),
      (["kind": "Pod", "name": "p1"], ["namespace", "node", "pod", "serviceaccount"]),
      (["kind": "Pod", "name": "waiting"], ["namespace", "pod", "serviceaccount"]),
      (["kind": "Secret", "name": "s"], ["namespace", "secret", "serviceaccount"]),
      (["kind": "Node", "name": "local-node"], ["namespace", "node", "serviceaccount"]),
      (
        ["kind": "Pod", "name": "p1", "uid": "uid-pods-p1"],
        ["namespace", "node", "pod", "serviceaccount"]
      ),
    ] as [(JSON?, [String])])
  func bindings(reference: JSON?, members: [String]) async throws {
    let claims = try await create(["boundObjectRef": reference ?? .null]).claims
    #expect(claims?["kubernetes.io"]?.object?.names == members)
  }

  @Test(
    "what a token cannot be bound to",
    arguments: [
      (["kind": "Secret", "name": "nosuch"], 404, "secrets \"nosuch\" not found"),
      (["kind": "Node", "name": "nosuch"], 404, "nodes \"nosuch\" not found"),
      (["kind": "pod", "name": "p1"], 400, "cannot bind token to object of type /, Kind=pod"),
      (
        ["kind": "Pod", "apiVersion": "apps/v1", "name": "p1"], 400,
        "cannot bind token to object of type apps/v1, Kind=Pod"
      ),
      (["kind": "Secret", "name": ""], 400, "Name parameter required."),
    ] as [(JSON, Int, String)])
  func refused(reference: JSON, code: Int, message: String) async throws {
    let failure = try await create(["boundObjectRef": reference]).failure
    #expect(failure?.code == code && failure?.message == message)
  }

  @Test("a node asks for the token of a pod that there is")
  func nodes() async throws {
    let reference: JSON = ["kind": "Pod", "name": "nosuch", "uid": "u"]
    let failure = try await create(
      ["boundObjectRef": reference], node: NodeIdentity(.node("local-node"))
    ).failure
    #expect(failure?.message == "pods \"nosuch\" not found")
    let other = try await create(
      ["boundObjectRef": ["kind": "Pod", "name": "p1", "uid": "uid-pods-p1"]],
      node: NodeIdentity(.node("other"))
    ).failure
    #expect(
      other?.message
        == "serviceaccounts \"app\" is forbidden: node requested token bound to a pod scheduled on "
        + "a different node")
  }
}
