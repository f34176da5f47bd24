package import AWSAPI
package import AWSDoor
package import AWSWire
package import AdminAPI
package import Cryptography
import EKSAuth
package import HTTP
package import JSON
package import Platform
import PodIdentity
import S3
import TestSupport

/// aws-api in memory: no socket, clocks that stand still.
package struct AWSStack {
  /// The issuer of cluster `local`.
  package static let issuer = "https://cluster.example/id/1"
  /// What session tokens are sealed by.
  package static let masterKey = [UInt8](repeating: 7, count: 32)
  /// A trust policy that lets Pod Identity in.
  package static let trust = """
    {"Version":"2012-10-17","Statement":[{"Sid":"Pods","Effect":"Allow",\
    "Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}
    """
  /// The root's keys.
  package static let root = AWSCredentials(accessKeyID: "test", secretAccessKey: "test")

  /// What tokens of the cluster are signed by.
  package let key: PrivateKey
  package let keys: FakeKeySource
  /// The clock of what expires.
  package let clock = ManualClock()
  /// The clock of signatures and of what is stored.
  package let machineClock = ManualClock()
  package let events = EventLog(service: "aws-api")
  package let faults = FaultBook(of: "test", catalogue: AWSAPIFaults.catalogue)
  /// The folder of the buckets.
  package let buckets: String
  package let sessions: SessionSealer
  package let services: Services
  package let context: DoorContext
  package let authenticator: Authenticator
  package let endpoint: AWSEndpoint
  /// What requests are sent to: the endpoint, or a client of it.
  package var handler: any HTTPHandler

  /// A server over a database, with these clusters of one issuer.
  package init(
    clusters names: [String] = ["local"], path: String = ":memory:",
    associationDelay: Duration = .zero, acceptsUnknownKeys: Bool = false,
    lifetime: Duration? = nil, longTermKeys: LongTermKeys = .test, buckets: String? = nil
  ) async throws {
    key = try PrivateKey.generate(.p256)
    keys = FakeKeySource(.success(try Self.keySet([("kid1", key)])))
    let account = AWSAccount()
    sessions = SessionSealer(masterKey: Self.masterKey)
    self.buckets = try buckets ?? Scratch.folder()
    let clusters = names.map { Cluster(name: $0, issuer: Self.issuer) }
    services = Services(
      clusters: clusters,
      exchange: CredentialExchange(
        clusters: clusters, keys: keys, sessions: sessions, clock: clock,
        machineClock: machineClock, lifetime: lifetime),
      buckets: try BucketFolder(path: self.buckets))
    context = DoorContext(
      account: account, services: Services.all,
      store: try await RoleStore(
        path: path, account: account, associationDelay: associationDelay, clock: machineClock),
      clock: clock, events: events, faults: faults, log: .none)
    authenticator = Authenticator(
      account: account, keys: longTermKeys, sessions: sessions,
      acceptsUnknownKeys: acceptsUnknownKeys, machineClock: machineClock, clock: clock)
    endpoint = AWSEndpoint(
      context: context, authenticator: authenticator, services: services.served)
    handler = endpoint
  }

  /// The public keys under their ids.
  package static func keySet(_ keys: [(String, PrivateKey)]) throws -> JWKS {
    try JWKS(json: ["keys": .array(keys.map { $0.1.publicKey.jwk(keyID: $0.0) })])
  }

  /// A signed request's answer.
  package func send(
    _ service: String, _ method: String, _ target: String, headers: HTTPHeaders = [:],
    body: [UInt8] = [], as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    await handler.respond(
      to: signed(service, method, target, headers: headers, body: body, as: credentials))
  }

  /// A signed request.
  package func signed(
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
  package func query(
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
  package func eks(
    _ method: String, _ target: String, _ body: JSON? = nil,
    as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    await send("eks", method, target, body: body?.bytes() ?? [], as: credentials)
  }

  /// Makes a role with a policy that allows reading a bucket.
  package func makeRole(
    _ name: String = "reader", trust: String = trust, policy: String? = nil,
    as credentials: AWSCredentials = root
  ) async {
    _ = await query(
      "iam", "CreateRole", [("RoleName", name), ("AssumeRolePolicyDocument", trust)],
      as: credentials)
    if let policy {
      _ = await query(
        "iam", "PutRolePolicy",
        [("RoleName", name), ("PolicyName", "inline"), ("PolicyDocument", policy)],
        as: credentials)
    }
  }

  /// Makes an association of `default/app` and returns its id.
  @discardableResult
  package func associate(
    _ role: String = "reader", serviceAccount: String = "app", _ more: JSONObject = [:],
    as credentials: AWSCredentials = root
  ) async -> String {
    var body: JSONObject = [
      "namespace": "default", "serviceAccount": .string(serviceAccount),
      "roleArn": .string("arn:aws:iam::111122223333:role/\(role)"),
    ]
    for (name, value) in more { body[name] = value }
    let answer = await eks(
      "POST", "/clusters/local/pod-identity-associations", .object(body), as: credentials)
    return answer.json?.at("association", "associationId")?.string ?? ""
  }

  /// A token of pod `default/app-1`, with claims changed as told; null removes one.
  package func token(
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
  package func assume(
    _ token: String, cluster: String = "local", as credentials: AWSCredentials = root
  ) async -> HTTPResponse {
    let body: JSON = ["token": .string(token)]
    return await send(
      "eks-auth", "POST", "/clusters/\(cluster)/assume-role-for-pod-identity",
      headers: ["Content-Type": "application/json"], body: body.bytes(), as: credentials)
  }

  /// Credentials for `default/app`'s pod.
  package func podCredentials() async throws -> AWSCredentials? {
    await assume(try token()).credentials
  }

  /// A fault of the program's catalogue.
  package func fault(_ json: JSON) throws -> Fault {
    try Fault(json: json, catalogue: AWSAPIFaults.catalogue)
  }

  /// The newest event.
  package var lastEvent: JSON? { events.entries(after: 0).last?.json }
}
