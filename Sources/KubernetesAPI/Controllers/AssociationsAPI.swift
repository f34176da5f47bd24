import AWSWire
import HTTP
import JSON
import Platform

/// The association operations of the EKS API, as this server calls them: over HTTP and signed, with
/// the keys of its own settings.
struct AssociationsAPI: Associations {
  /// Why an operation did not succeed.
  enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// EKS answered with an error of its own.
    case refused(code: String, message: String)
    /// EKS is away, or answered with what is not EKS's.
    case unavailable(String)

    var description: String {
      switch self {
      case .refused(let code, let message): "\(code): \(message)"
      case .unavailable(let reason): reason
      }
    }
  }

  private let client: HTTPClient
  private let endpoint: HTTPURL
  private let base: String
  private let region: String
  private let credentials: AWSCredentials
  private let clock: any WallClock

  /// The operations on one cluster, at an endpoint; `clock` tells the real time, for signatures.
  init(
    client: HTTPClient, endpoint: HTTPURL, cluster: String, region: String,
    credentials: AWSCredentials, clock: any WallClock
  ) {
    self.client = client
    self.endpoint = endpoint
    base = "/clusters/\(PercentEncoding.encode(cluster))/pod-identity-associations"
    self.region = region
    self.credentials = credentials
    self.clock = clock
  }

  /// Whether the account has an association.
  func isAssociated(
    namespace: String, account: String, timeout: Duration
  ) async throws(Failure) -> Bool {
    !(try await list(namespace: namespace, account: account, timeout: timeout)).isEmpty
  }

  /// The associations of one account.
  func list(
    namespace: String, account: String
  ) async throws(Failure) -> [PodIdentityAssociation] {
    try await list(namespace: namespace, account: account, timeout: .seconds(5))
  }

  private func list(
    namespace: String, account: String, timeout: Duration
  ) async throws(Failure) -> [PodIdentityAssociation] {
    let query =
      "?namespace=\(PercentEncoding.encode(namespace))"
      + "&serviceAccount=\(PercentEncoding.encode(account))"
    let body = try await call("GET", query, timeout: timeout)
    return (body["associations"]?.array ?? []).compactMap(PodIdentityAssociation.init(json:))
  }

  /// Every association of the cluster.
  func list() async throws(Failure) -> [PodIdentityAssociation] {
    var found: [PodIdentityAssociation] = []
    var query = "?maxResults=100"
    while true {
      let body = try await call("GET", query)
      found += (body["associations"]?.array ?? []).compactMap(PodIdentityAssociation.init(json:))
      guard let token = body["nextToken"]?.string, !token.isEmpty else { return found }
      query = "?maxResults=100&nextToken=\(PercentEncoding.encode(token))"
    }
  }

  /// One association, with its role.
  func describe(id: String) async throws(Failure) -> PodIdentityAssociation {
    try association(await call("GET", "/\(id)"))
  }

  /// Makes an association that belongs to `ownerARN`.
  // Differs from AWS: the request carries `ownerArn`, which there only AWS itself can set.
  func create(
    namespace: String, account: String, roleARN: String, ownerARN: String
  ) async throws(Failure) -> PodIdentityAssociation {
    let body: JSON = [
      "namespace": .string(namespace), "serviceAccount": .string(account),
      "roleArn": .string(roleARN), "ownerArn": .string(ownerARN),
    ]
    return try association(await call("POST", "", body: body))
  }

  /// Gives an association another role.
  func update(id: String, roleARN: String) async throws(Failure) -> PodIdentityAssociation {
    try association(await call("POST", "/\(id)", body: ["roleArn": .string(roleARN)]))
  }

  /// Removes an association.
  func delete(id: String) async throws(Failure) { _ = try await call("DELETE", "/\(id)") }

  private func association(_ body: JSON) throws(Failure) -> PodIdentityAssociation {
    guard let association = body["association"].flatMap(PodIdentityAssociation.init(json:)) else {
      throw .unavailable("the answer of \(endpoint.origin) holds no association")
    }
    return association
  }

  private func call(
    _ method: String, _ suffix: String, body: JSON? = nil, timeout: Duration = .seconds(5)
  ) async throws(Failure) -> JSON {
    var request = HTTPClientRequest(method: method, url: endpoint.with(target: base + suffix))
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = body.bytes()
    }
    SigV4.sign(
      &request, credentials: credentials, region: region, service: "eks", now: clock.now)
    let response: HTTPClientResponse
    do { response = try await client.send(request, timeout: timeout) } catch {
      throw .unavailable("\(endpoint.origin): \(error)")
    }
    if (200..<300).contains(response.status), let json = response.json { return json }
    let code = response.headers["x-amzn-ErrorType"]?.split(separator: ":").first.map(String.init)
    guard (400..<500).contains(response.status), let code, response.status != 429 else {
      throw .unavailable("\(endpoint.origin) answers \(response.status)")
    }
    let message = response.json?["message"]?.string ?? response.json?["Message"]?.string ?? ""
    throw .refused(code: code, message: message)
  }
}

extension PodIdentityAssociation {
  /// Reads an association or its summary.
  init?(json: JSON) {
    guard let id = json["associationId"]?.string, let namespace = json["namespace"]?.string,
      let account = json["serviceAccount"]?.string
    else { return nil }
    self.init(
      id: id, namespace: namespace, account: account, roleARN: json["roleArn"]?.string,
      ownerARN: json["ownerArn"]?.string)
  }
}
