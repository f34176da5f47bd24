import Cryptography
import JSON
import Platform
import Testing

@testable import KubernetesAPI

@Suite struct TokenRequestTests {
  private func create(
    _ world: IdentityWorld, _ body: JSON, name: String = "app", node: NodeIdentity? = nil
  ) async throws -> (object: JSON, warning: String?) {
    try await world.tokens.create(
      body, namespace: "default", name: name, node: node, objects: world.objects)
  }

  @Test("answers a bare request with the defaults filled in")
  func defaults() async throws {
    let world = try IdentityWorld()
    let body = try JSON.parse(
      #"""
      {"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1",
       "metadata":{"creationTimestamp":null},"spec":{"audiences":null,"expirationSeconds":null,
       "boundObjectRef":null},"status":{"token":"","expirationTimestamp":null}}
      """#)
    let (object, warning) = try await create(world, body)
    #expect(warning == nil)
    #expect(object["kind"] == "TokenRequest")
    #expect(
      object["metadata"]?.text()
        == #"{"name":"app","namespace":"default","uid":"uid-serviceaccounts-app","#
        + #""creationTimestamp":"\#(world.clock.now.rfc3339)"}"#)
    #expect(
      object["spec"]?.text()
        == #"{"audiences":["\#(IdentityWorld.issuer)"],"expirationSeconds":3600,"#
        + #""boundObjectRef":null}"#)
    let jwt = try JWT(compact: object.at("status", "token")?.string ?? "")
    #expect(jwt.claims["aud"] == [.string(IdentityWorld.issuer)])
    #expect(jwt.claims["kubernetes.io"]?["pod"] == nil)
    #expect(jwt.claims["sub"] == "system:serviceaccount:default:app")
    let expiry = Instant(seconds: jwt.claims["exp"]?.integer ?? 0).rfc3339
    #expect(object.at("status", "expirationTimestamp")?.string == expiry)
  }

  @Test("binds to a pod, with its node, and echoes the reference as sent")
  func podBound() async throws {
    let world = try IdentityWorld()
    let reference: JSON = ["kind": "Pod", "apiVersion": "v1", "name": "p1", "uid": ""]
    let spec: JSON = ["audiences": ["pods.eks.amazonaws.com"], "boundObjectRef": reference]
    let (object, _) = try await create(world, ["spec": spec])
    #expect(
      object.at("spec", "boundObjectRef")?.text()
        == #"{"kind":"Pod","apiVersion":"v1","name":"p1"}"#)
    let jwt = try JWT(compact: object.at("status", "token")?.string ?? "")
    #expect(
      jwt.claims["kubernetes.io"]?.text()
        == #"{"namespace":"default","node":{"name":"local-node","uid":"uid-nodes-local-node"},"#
        + #""pod":{"name":"p1","uid":"uid-pods-p1"},"#
        + #""serviceaccount":{"name":"app","uid":"uid-serviceaccounts-app"}}"#)
  }

  @Test("extends the kubelet's API token, and shortens what is too long")
  func lifetimes() async throws {
    let world = try IdentityWorld()
    let reference: JSON = ["kind": "Pod", "apiVersion": "v1", "name": "waiting"]
    let extended = try await create(
      world, ["spec": ["expirationSeconds": 3607, "boundObjectRef": reference]])
    let claims = try JWT(compact: extended.object.at("status", "token")?.string ?? "").claims
    let issued = claims["iat"]?.integer ?? 0
    #expect(claims["exp"] == .integer(issued + 31_536_000))
    #expect(claims["kubernetes.io"]?["warnafter"] == .integer(issued + 3607))
    #expect(extended.object.at("spec", "expirationSeconds") == 3607)
    let long = try await create(world, ["spec": ["expirationSeconds": 100_000]])
    #expect(
      long.warning == "requested expiration of 100000 seconds shortened to 86400 seconds")
    #expect(long.object.at("spec", "expirationSeconds") == 86_400)
  }

  /// Account, body, code and message.
  private static let refusals: [(String, String, Int, String)] = [
    (
      "app", #"{"metadata":{"name":"zzz"}}"#, 422,
      #"TokenRequest.authentication.k8s.io "app" is invalid: metadata.name: Invalid value: "zzz": must match the service account name if specified"#
    ),
    (
      "app", #"{"metadata":{"namespace":"n"}}"#, 422,
      #"TokenRequest.authentication.k8s.io "app" is invalid: metadata.namespace: Invalid value: "n": must match the service account namespace if specified"#
    ),
    ("nosuch", "{}", 404, #"serviceaccounts "nosuch" not found"#),
    (
      "app", #"{"metadata":{"uid":"x"}}"#, 409,
      #"Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "app": the UID in the token request (x) does not match the UID of the service account (uid-serviceaccounts-app)"#
    ),
    (
      "app", #"{"spec":{"expirationSeconds":599}}"#, 422,
      #"TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes"#
    ),
    (
      "app", #"{"spec":{"expirationSeconds":4294967297}}"#, 422,
      #"TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds"#
    ),
    (
      "app", #"{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"nope"}}}"#, 404,
      #"pods "nope" not found"#
    ),
    (
      "app", #"{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1"}}}"#, 400,
      "Name parameter required."
    ),
    (
      "other", #"{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p1"}}}"#, 400,
      #"cannot bind token for serviceaccount "other" to pod running with different serviceaccount name."#
    ),
    (
      "app",
      #"{"spec":{"boundObjectRef":{"kind":"Deployment","apiVersion":"apps/v1","name":"d"}}}"#,
      400, "cannot bind token to object of type apps/v1, Kind=Deployment"
    ),
    (
      "app", #"{"spec":{"boundObjectRef":{"kind":"ConfigMap","apiVersion":"v1","name":"d"}}}"#,
      400, "cannot bind token to object of type /v1, Kind=ConfigMap"
    ),
    (
      "app",
      #"{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p1","uid":"0000"}}}"#,
      409,
      #"Operation cannot be fulfilled on Pod "p1": the UID in the bound object reference (0000) does not match the UID in record. The object might have been deleted and then recreated"#
    ),
  ]

  @Test("refuses in the API server's order and words", arguments: refusals)
  func refused(name: String, body: String, code: Int, message: String) async throws {
    let world = try IdentityWorld()
    let body = try JSON.parse(body)
    let error = await #expect(throws: StatusError.self) {
      try await create(world, body, name: name)
    }
    #expect(error?.message == message)
    #expect(error?.code == code)
  }

  @Test(
    "gives a node tokens for pods on a node alone",
    arguments: [
      (nil, "serviceaccounts \"app\" is forbidden: node requested token not bound to a pod"),
      (
        ["kind": "Pod", "name": "p1"],
        "serviceaccounts \"app\" is forbidden: "
          + "node requested token with a pod binding without a uid"
      ),
      (
        ["kind": "Pod", "name": "waiting", "uid": "uid-pods-waiting"],
        "serviceaccounts \"app\" is forbidden: "
          + "node requested token bound to a pod scheduled on a different node"
      ),
      (["kind": "Pod", "name": "p1", "uid": "uid-pods-p1"], nil),
    ] as [(JSON?, String?)])
  func node(reference: JSON?, message: String?) async throws {
    let world = try IdentityWorld()
    var failure: String?
    do {
      _ = try await create(
        world, ["spec": ["boundObjectRef": reference ?? .null]],
        node: NodeIdentity(.node("local-node")))
    } catch { failure = (error as? StatusError)?.message }
    #expect(failure == message)
  }

  @Test(
    "gives a node tokens for the audiences that its pods project alone",
    arguments: [
      ("p1", [], nil), ("p1", ["pods.eks.amazonaws.com"], nil),
      ("p1", ["a", "b"], "node may only request 0 or 1 audiences"),
      (
        "p1", ["sts.amazonaws.com"],
        "audience \"sts.amazonaws.com\" not found in pod spec volume, system:node:local-node is "
          + "not authorized to request tokens for this audience"
      ),
      (
        "bare", [],
        "audience \"\" not found in pod spec volume, system:node:local-node is not authorized to "
          + "request tokens for this audience"
      ),
    ] as [(String, [String], String?)])
  func audiences(pod: String, audiences: [String], message: String?) async throws {
    let world = try IdentityWorld()
    let spec: JSON = [
      "audiences": .strings(audiences),
      "boundObjectRef": ["kind": "Pod", "name": .string(pod), "uid": .string("uid-pods-\(pod)")],
    ]
    var failure: String?
    do {
      _ = try await create(world, ["spec": spec], node: NodeIdentity(.node("local-node")))
    } catch { failure = (error as? StatusError)?.message }
    #expect(failure == message.map { "serviceaccounts \"app\" is forbidden: \($0)" })
    _ = try await create(world, ["spec": spec])
  }
}
