import AWSWire
import AdminAPI
import Cryptography
import HTTP
import JSON
import Platform
import Synchronization

@testable import AWSAPI

/// Keys of a cluster without a cluster.
final class FakeKeySource: JWKSSource {
  private let state: Mutex<(answer: Result<JWKS, JWKSUnavailable>, fetches: Int)>

  init(_ answer: Result<JWKS, JWKSUnavailable>) { state = Mutex((answer, 0)) }

  /// How often keys were asked for.
  var fetches: Int { state.withLock { $0.fetches } }

  /// Changes what the next fetch finds.
  func set(_ answer: Result<JWKS, JWKSUnavailable>) { state.withLock { $0.answer = answer } }

  func fetch(for cluster: Cluster) async throws(JWKSUnavailable) -> JWKS {
    let answer = state.withLock { state in
      state.fetches += 1
      return state.answer
    }
    return try answer.get()
  }
}

/// aws-api in memory: no socket, clocks that stand still.
struct AWSStack {
  static let issuer = "https://cluster.example/id/1"
  static let masterKey = [UInt8](repeating: 7, count: 32)
  static let trust = """
    {"Version":"2012-10-17","Statement":[{"Sid":"Pods","Effect":"Allow",\
    "Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
    """
  static let root = AWSCredentials(accessKeyID: "test", secretAccessKey: "test")

  let key: PrivateKey
  let keys: FakeKeySource
  let clock = ManualClock()
  let machineClock = ManualClock()
  let events = EventLog(service: "aws-api")
  let faults = FaultBook(of: "test", catalogue: AWSAPIFaults.catalogue)
  let context: AWSAPIContext
  let endpoint: AWSEndpoint

  init(
    path: String = ":memory:", associationDelay: Duration = .zero, acceptsUnknownKeys: Bool = false,
    lifetime: Duration? = nil
  ) async throws {
    key = try PrivateKey.generate(.p256)
    keys = FakeKeySource(.success(try Self.keySet([("kid1", key)])))
    let account = AWSAccount()
    let sessions = SessionSealer(masterKey: Self.masterKey)
    context = AWSAPIContext(
      account: account,
      store: try await RoleStore(
        path: path, account: account, associationDelay: associationDelay, clock: machineClock),
      sessions: sessions, clusters: [Cluster(name: "local", issuer: Self.issuer)], keys: keys,
      clock: clock, machineClock: machineClock, credentialLifetime: lifetime, events: events,
      faults: faults, log: .none)
    endpoint = AWSEndpoint(
      context: context,
      authenticator: Authenticator(
        account: account, root: .test, sessions: sessions, acceptsUnknownKeys: acceptsUnknownKeys,
        machineClock: machineClock, clock: clock))
  }

  static func keySet(_ keys: [(String, PrivateKey)]) throws -> JWKS {
    try JWKS(json: ["keys": .array(keys.map { $0.1.publicKey.jwk(keyID: $0.0) })])
  }

  /// A signed request's answer.
  func send(
    _ service: String, _ method: String, _ target: String, headers: HTTPHeaders = [:],
    body: [UInt8] = [], as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    await endpoint.respond(
      to: signed(service, method, target, headers: headers, body: body, as: credentials))
  }

  /// A signed request.
  func signed(
    _ service: String, _ method: String, _ target: String, headers: HTTPHeaders = [:],
    body: [UInt8] = [], as credentials: AWSCredentials = root
  ) -> HTTPRequest {
    guard let url = HTTPURL("http://127.0.0.1:4577\(target)") else { return HTTPRequest() }
    var request = HTTPClientRequest(method: method, url: url, headers: headers, body: body)
    SigV4.sign(
      &request, credentials: credentials, region: "us-east-1", service: service,
      now: machineClock.now)
    return HTTPRequest(
      method: method, target: target, headers: request.headers, body: body, id: "request-1")
  }

  /// An action of STS or IAM.
  func query(
    _ service: String, _ action: String, _ parameters: [(String, String)] = [],
    as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    let version = service == "sts" ? "2011-06-15" : "2010-05-08"
    let form = ([("Action", action), ("Version", version)] + parameters)
      .map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    return await send(
      service, "POST", "/",
      headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
      body: Array(form.utf8), as: credentials)
  }

  /// An operation of EKS.
  func eks(
    _ method: String, _ target: String, _ body: JSON? = nil,
    as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    await send("eks", method, target, body: body?.bytes() ?? [], as: credentials)
  }

  /// Makes a role with a policy that allows reading a bucket.
  func makeRole(_ name: String = "reader", trust: String = trust, policy: String? = nil) async {
    _ = await query(
      "iam", "CreateRole", [("RoleName", name), ("AssumeRolePolicyDocument", trust)])
    if let policy {
      _ = await query(
        "iam", "PutRolePolicy",
        [("RoleName", name), ("PolicyName", "inline"), ("PolicyDocument", policy)])
    }
  }

  /// Makes an association of `default/app` and returns its id.
  @discardableResult
  func associate(
    _ role: String = "reader", serviceAccount: String = "app", _ more: JSONObject = [:]
  ) async -> String {
    var body: JSONObject = [
      "namespace": "default", "serviceAccount": .string(serviceAccount),
      "roleArn": .string("arn:aws:iam::111122223333:role/\(role)"),
    ]
    for (name, value) in more { body[name] = value }
    let answer = await eks("POST", "/clusters/local/pod-identity-associations", .object(body))
    return answer.json?.at("association", "associationId")?.string ?? ""
  }

  /// A token of pod `default/app-1`, with claims changed as told; null removes one.
  func token(
    _ changes: JSONObject = [:], kid: String = "kid1", key other: PrivateKey? = nil
  ) throws -> String {
    let now = clock.now.seconds
    var claims: JSONObject = [
      "aud": ["pods.eks.amazonaws.com"], "exp": .integer(now + 3600), "iat": .integer(now),
      "iss": .string(Self.issuer),
      "kubernetes.io": [
        "namespace": "default", "pod": ["name": "app-1", "uid": "pod-uid-1"],
        "serviceaccount": ["name": "app", "uid": "sa-uid-1"],
      ],
      "nbf": .integer(now), "sub": "system:serviceaccount:default:app",
    ]
    for (name, value) in changes { claims[name] = value.isNull ? nil : value }
    let key = other ?? key
    return try JWT.signed(
      header: ["alg": .string(key.jwsAlgorithm), "kid": .string(kid)], claims: .object(claims),
      by: key)
  }

  /// Exchanges a token.
  func assume(
    _ token: String, cluster: String = "local", as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    let body: JSON = ["token": .string(token)]
    return await send(
      "eks-auth", "POST", "/clusters/\(cluster)/assume-role-for-pod-identity",
      headers: ["Content-Type": "application/json"], body: body.bytes(), as: credentials)
  }

  /// Credentials for `default/app`'s pod.
  func podCredentials() async throws -> AWSCredentials? {
    await assume(try token()).credentials
  }

  /// The newest event.
  var lastEvent: JSON? { events.entries(after: 0).last?.json }
}

extension HTTPResponse {
  /// The body as JSON.
  var json: JSON? { try? JSON.parse(bodyBytes) }
  /// The body as text.
  var text: String { String(decoding: bodyBytes, as: UTF8.self) }
  /// The credentials in an answer of EKS Auth.
  var credentials: AWSCredentials? {
    guard let credentials = json?["credentials"], let id = credentials["accessKeyId"]?.string,
      let secret = credentials["secretAccessKey"]?.string
    else { return nil }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret,
      sessionToken: credentials["sessionToken"]?.string)
  }
  /// Status, code and message of an error in either protocol.
  var failure: Failure {
    if let code = headers["x-amzn-ErrorType"] {
      return Failure(status, code, json?["message"]?.string ?? "")
    }
    return Failure(status, element("Code"), element("Message"))
  }

  /// The text of the first XML element of a name.
  func element(_ name: String) -> String {
    let parts = text.split(separator: "<\(name)>", maxSplits: 1)
    guard parts.count == 2, let value = parts[1].split(separator: "</\(name)>").first else {
      return ""
    }
    let entities = [("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    return entities.reduce(String(value)) { text, entity in
      text.split(separator: entity.0, omittingEmptySubsequences: false).joined(separator: entity.1)
    }
  }
}

/// What went wrong, as a client sees it.
struct Failure: Equatable, CustomStringConvertible {
  let status: Int
  let code: String
  let message: String

  init(_ status: Int, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  var description: String { "\(status) \(code): \(message)" }
}
