import Cryptography
import HTTP
import JSON
import Platform
import Testing

@testable import KubernetesAPI

@Suite struct TokenReviewTests {
  private let pod: JSON = ["boundObjectRef": ["kind": "Pod", "apiVersion": "v1", "name": "p1"]]

  private func review(
    _ world: IdentityWorld, _ token: String, audiences: [String] = []
  ) async throws -> JSON {
    let review = TokenReview(authenticator: world.authenticator)
    let spec: JSON = ["token": .string(token), "audiences": .strings(audiences)]
    return try await review.create(["spec": spec], objects: world.objects)["status"] ?? .null
  }

  @Test("tells who a token's holder is")
  func accepted() async throws {
    let world = try IdentityWorld()
    let status = try await review(world, try await world.token(pod))
    #expect(status["authenticated"] == true)
    #expect(status["audiences"] == [.string(IdentityWorld.issuer)])
    let user = try #require(status["user"])
    #expect(user["username"] == "system:serviceaccount:default:app")
    #expect(user["uid"] == "uid-serviceaccounts-app")
    #expect(
      user["groups"]
        == ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"])
    let extra = try #require(user["extra"]?.object)
    let prefix = "authentication.kubernetes.io/"
    #expect(
      extra.names
        == ["credential-id", "node-name", "node-uid", "pod-name", "pod-uid"].map { prefix + $0 })
    #expect(extra["\(prefix)credential-id"]?[0]?.string?.hasPrefix("JTI=") == true)
  }

  @Test("intersects the audiences")
  func audiences() async throws {
    let world = try IdentityWorld()
    let token = try await world.token(["audiences": ["a", "b"]])
    let status = try await review(world, token, audiences: ["b", "c"])
    #expect(status["audiences"] == ["b"])
    let refused = try await review(world, token)
    #expect(
      refused.text()
        == JSON.object([
          "user": [:],
          "error": .string(
            "[invalid bearer token, token audiences [\"a\" \"b\"] is invalid for the target "
              + "audiences [\"\(IdentityWorld.issuer)\"]]"),
        ]).text())
  }

  @Test("knows the static tokens, and refuses what is no token of this cluster")
  func others() async throws {
    let world = try IdentityWorld()
    let status = try await review(world, "admin-token")
    #expect(status["user"]?["username"] == "kubernetes-admin")
    #expect(status["user"]?["groups"] == ["system:masters", "system:authenticated"])
    let key = try PrivateKey.generate(.p256)
    let foreign = try JWT.signed(header: ["alg": "ES256"], claims: ["iss": "x"], by: key)
    for token in ["nonsense", "a.b.c", foreign, "admin-toke", "admin-token2"] {
      let status = try await review(world, token)
      #expect(status.text() == #"{"user":{},"error":"invalid bearer token"}"#)
    }
    await #expect(throws: StatusError.self) { try await review(world, "") }
  }

  @Test("looks at the cluster as it is now")
  func live() async throws {
    let world = try IdentityWorld()
    let token = try await world.token(pod)
    func error() async throws -> String? { try await review(world, token)["error"]?.string }
    world.objects.put(.pods, "default", "p1", ["metadata": ["uid": "new"]])
    #expect(
      try await error()
        == "[invalid bearer token, pod UID (new) does not match service account pod ref claim "
        + "(uid-pods-p1)]")
    world.objects.remove(.pods, "default", "p1")
    #expect(
      try await error()
        == "[invalid bearer token, service account token has been invalidated]")
    world.objects.put(.serviceAccounts, "default", "app", ["metadata": ["uid": "new"]])
    #expect(
      try await error()
        == "[invalid bearer token, service account UID (new) does not match claim "
        + "(uid-serviceaccounts-app)]")
    world.objects.remove(.serviceAccounts, "default", "app")
    #expect(
      try await error() == "[invalid bearer token, serviceaccounts \"app\" not found]")
  }

  @Test("grants a minute to a pod that is being deleted")
  func deletion() async throws {
    let world = try IdentityWorld()
    let token = try await world.token(pod)
    let deleted = world.clock.now.rfc3339
    world.objects.put(
      .pods, "default", "p1", ["metadata": ["deletionTimestamp": .string(deleted)]])
    #expect(try await review(world, token)["authenticated"] == true)
    world.clock.advance(by: .seconds(60))
    #expect(try await review(world, token)["authenticated"] == true)
    world.clock.advance(by: .seconds(1))
    #expect(try await review(world, token)["authenticated"] == nil)
  }

  @Test(
    "reads the Authorization field",
    arguments: [
      ([], .none), (["Bearer abc"], .token("abc")), (["bearer  abc"], .token("abc")),
      (["Basic abc"], .none), (["Bearer"], .none), (["Bearer a b"], .none),
      (["Bearer a", "Bearer a"], .ambiguous),
    ] as [([String], BearerToken.Credential)])
  func fields(values: [String], expected: BearerToken.Credential) {
    var headers = HTTPHeaders()
    for value in values { headers.append("authorization", value) }
    #expect(BearerToken.credential(of: headers) == expected)
  }

  @Test("serves the OIDC documents, below the issuer's path too")
  func documents() async throws {
    let world = try IdentityWorld()
    let documents = OpenIDDocuments(
      keyring: world.keyring,
      identity: TokenIdentity(issuer: "https://oidc.example/id/ABC"),
      server: "https://127.0.0.1:4576")
    func get(_ path: String) throws -> HTTPResponse {
      try #require(documents.immediateResponse(to: HTTPRequest(target: path)), "\(path)")
    }
    for path in ["", "/id/ABC"] {
      let response = try get("\(path)/.well-known/openid-configuration")
      #expect(response.headers["Content-Type"] == "application/json")
      #expect(response.headers["Cache-Control"] == "public, max-age=3600")
      #expect(
        String(decoding: response.bodyBytes, as: UTF8.self)
          == #"{"issuer":"https://oidc.example/id/ABC","#
          + #""jwks_uri":"https://127.0.0.1:4576/openid/v1/jwks","#
          + #""response_types_supported":["id_token"],"subject_types_supported":["public"],"#
          + #""id_token_signing_alg_values_supported":["RS256"]}"#)
      for keys in ["/openid/v1/jwks", "/keys?x=1"] {
        let response = try get(path + keys)
        #expect(response.headers["Content-Type"] == "application/jwk-set+json")
        let keys = try JWKS(json: JSON.parse(response.bodyBytes))
        try keys.verify(JWT(compact: try await world.token()))
      }
    }
    for path in ["/", "/id/ABC", "/id/ABCD/keys", "/keys/"] {
      #expect(documents.immediateResponse(to: HTTPRequest(target: path)) == nil, "\(path)")
    }
  }

  @Test(
    "tokens that the cluster signed are refused where their times or headers are wrong",
    arguments: [
      (#"{"nbf":"0"}"#, "{}"), (#"{"nbf":1e300}"#, "{}"), (#"{"exp":"9999999999"}"#, "{}"),
      (#"{"exp":null}"#, "{}"), (#"{"iat":"0"}"#, "{}"), ("{}", #"{"crit":["exp"]}"#),
      ("{}", #"{"crit":[]}"#),
    ])
  func signedButWrong(claims: String, header: String) async throws {
    let world = try IdentityWorld()
    let token = try JWT(compact: try await world.token(pod))
    let key = world.keyring.current?.key
    func changed(_ json: JSON, _ by: String) throws -> JSON {
      var object = json.object ?? [:]
      for (name, value) in try JSON.parse(by).object ?? [:] { object[name] = value }
      return .object(object)
    }
    let forged = try JWT.signed(
      header: try changed(token.header, header), claims: try changed(token.claims, claims),
      by: try #require(key))
    let status = try await review(world, forged)
    #expect(status["authenticated"] == nil)
    #expect(status["error"]?.string?.hasPrefix("[invalid bearer token, ") == true, "\(status)")
    let good = try JWT.signed(
      header: token.header, claims: token.claims, by: try #require(key))
    #expect(try await review(world, good)["authenticated"] == true)
  }

  @Test(
    "a token ends with what it is bound to, also where something of the same name is there again",
    arguments: ["Pod", "Secret", "Node"])
  func bound(kind: String) async throws {
    let world = try IdentityWorld()
    let resource = try #require(ResourceKind.all.first { $0.kind == kind })
    let place = resource.isNamespaced ? "default" : ""
    world.objects.put(resource, place, "b", ["spec": ["serviceAccountName": "app"]])
    let spec: JSON = ["boundObjectRef": ["kind": .string(kind), "apiVersion": "v1", "name": "b"]]
    let token = try await world.token(spec)
    #expect(try await review(world, token)["authenticated"] == true)
    world.objects.put(resource, place, "b", ["metadata": ["uid": "another"]])
    #expect(try await review(world, token)["authenticated"] == nil)
    world.objects.remove(resource, place, "b")
    #expect(try await review(world, token)["authenticated"] == nil)
  }
}
