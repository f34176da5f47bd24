import AWSClient
package import AWSWire
package import AdminAPI
package import HTTP
import JSON
package import Platform

/// The association operations of the EKS API, over HTTP and signed.
package struct AssociationsAPI: Associations {
  /// Why an operation did not succeed.
  package enum Failure: Error, Sendable, CustomStringConvertible {
    /// EKS answered with an error of its own.
    case refused(code: String, message: String)
    /// EKS is away, or answered with what is not EKS's.
    case unavailable(String)

    package var description: String {
      switch self {
      case .refused(let code, let message): "\(code): \(message)"
      case .unavailable(let reason): reason
      }
    }
  }

  private let aws: AWSClient
  private let cluster: String
  private var base: String { EKSPath.associations(in: cluster) }

  /// The operations on one cluster, at an endpoint; `clock` tells the real time, for signatures.
  package init(
    client: HTTPClient, endpoint: HTTPURL, cluster: String, region: String,
    signingKey: SigningKey, mark: StackMark, clock: any WallClock
  ) {
    aws = AWSClient(
      http: client, endpoint: endpoint, region: region, key: signingKey, clock: clock,
      mark: { request in
        // Whoever made the pod that this is about, the call is the stack's own.
        EventOrigin.$current.withValue(.stack) { mark.put(on: &request) }
      })
    self.cluster = cluster
  }

  /// Whether the account has an association.
  package func isAssociated(
    namespace: String, account: String, timeout: Duration
  ) async throws(Failure) -> Bool {
    !(try await list(namespace: namespace, account: account, timeout: timeout)).isEmpty
  }

  /// The associations of one account.
  package func list(
    namespace: String, account: String
  ) async throws(Failure) -> [PodIdentityAssociation] {
    try await list(namespace: namespace, account: account, timeout: .seconds(5))
  }

  private func list(
    namespace: String, account: String, timeout: Duration
  ) async throws(Failure) -> [PodIdentityAssociation] {
    let path = EKSPath.association(ofNamespace: namespace, account: account, in: cluster)
    let body = try await call("GET", path, timeout: timeout)
    guard let list = body["associations"]?.array else {
      throw .unavailable("the answer of \(aws.endpoint.origin) holds no associations")
    }
    return list.compactMap(PodIdentityAssociation.init(json:))
  }

  /// Every association of the cluster.
  package func list() async throws(Failure) -> [PodIdentityAssociation] {
    do throws(AWSFailure) {
      return try await aws.list("eks", base, of: "associations", timeout: Self.patience)
        .compactMap(PodIdentityAssociation.init(json:))
    } catch { throw failure(error) }
  }

  /// One association, with its role.
  package func describe(id: String) async throws(Failure) -> PodIdentityAssociation {
    try association(await call("GET", one(id)))
  }

  /// Makes an association that belongs to `ownerARN`.
  // Differs from AWS: the request carries `ownerArn`, which there only AWS itself can set.
  package func create(
    namespace: String, account: String, roleARN: String, ownerARN: String
  ) async throws(Failure) -> PodIdentityAssociation {
    let body: JSON = [
      "namespace": .string(namespace), "serviceAccount": .string(account),
      "roleArn": .string(roleARN), "ownerArn": .string(ownerARN),
    ]
    return try association(await call("POST", base, body))
  }

  /// Gives an association another role.
  package func update(id: String, roleARN: String) async throws(Failure) -> PodIdentityAssociation {
    try association(await call("POST", one(id), ["roleArn": .string(roleARN)]))
  }

  /// Removes an association.
  package func delete(id: String) async throws(Failure) { _ = try await call("DELETE", one(id)) }

  private func association(_ body: JSON) throws(Failure) -> PodIdentityAssociation {
    guard let association = body["association"].flatMap(PodIdentityAssociation.init(json:)) else {
      throw .unavailable("the answer of \(aws.endpoint.origin) holds no association")
    }
    return association
  }

  /// How long EKS is waited for, but where an admission waits.
  private static let patience = Duration.seconds(5)

  private func one(_ id: String) -> String { EKSPath.association(id, in: cluster) }

  private func call(
    _ method: String, _ path: String, _ body: JSON? = nil, timeout: Duration = Self.patience
  ) async throws(Failure) -> JSON {
    do throws(AWSFailure) {
      return try await aws.rest("eks", method, path, body, timeout: timeout)
    } catch { throw failure(error) }
  }

  private func failure(_ error: AWSFailure) -> Failure {
    let isRefusal = (400..<500).contains(error.status) && error.status != 429
    if isRefusal, !error.code.isEmpty {
      return .refused(code: error.code, message: error.message)
    }
    return .unavailable(
      error.status == 0
        ? error.message : "\(aws.endpoint.origin) answers \(error.status)")
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
