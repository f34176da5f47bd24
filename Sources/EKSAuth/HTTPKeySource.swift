package import AWSDoor
package import Cryptography
package import HTTP
import JSON
import Platform
import Synchronization

/// Fetches clusters' keys over HTTP: at the address that the operator gave, else at the one that
/// the issuer's discovery document names.
///
/// No redirects, no addresses of the link-local kind however they are written or found, at most
/// 400 ms in all: the node agent gives up on EKS Auth after a second.
package final class HTTPKeySource: JWKSSource {
  private static let budget = Duration.milliseconds(400)
  /// The largest document: 512 KiB hold as many keys as a set may have, each with its certificates.
  private static let answerLimit = 1 << 19
  private let loops: EventLoops
  /// The clients by the text of the authorities they trust.
  private let clients = Mutex<[ByteText: HTTPClient]>([:])

  /// A source that works on these loops.
  package init(loops: EventLoops) { self.loops = loops }

  package func fetch(for cluster: Cluster) async throws(JWKSUnavailable) -> JWKS {
    let deadline = ContinuousClock.now + Self.budget
    let client = try client(for: cluster)
    let address: String
    if let given = cluster.jwksURL {
      address = given
    } else {
      let issuer = cluster.issuer
      let base = issuer.bytes.hasSuffix("/") ? String(issuer.dropLast()) : issuer
      let document = try await json(
        at: base + "/.well-known/openid-configuration", with: client, until: deadline)
      guard let found = document["jwks_uri"]?.string else {
        throw JWKSUnavailable("the discovery document of \(cluster.issuer) names no jwks_uri")
      }
      address = found
    }
    let json = try await json(at: address, with: client, until: deadline)
    do { return try JWKS(json: json) } catch { throw JWKSUnavailable("\(address): \(error)") }
  }

  /// The client that trusts a cluster's authorities; the file is read each time, for it may be
  /// written after this server starts.
  private func client(for cluster: Cluster) throws(JWKSUnavailable) -> HTTPClient {
    var authorities: String?
    if let file = cluster.authorityFile {
      do { authorities = try SafeFile.readText(file, limit: 1 << 20) } catch {
        throw JWKSUnavailable("\(error)")
      }
    }
    let key = (authorities ?? "").bytes
    if let client = clients.withLock({ $0[key] }) { return client }
    do {
      let client = HTTPClient(
        loops: loops, tls: try TLSClientContext(authoritiesPEM: authorities), linkLocal: .none,
        bodyLimit: Self.answerLimit)
      clients.withLock { clients in
        // Authorities change with a new state folder only; the old ones are of no use then.
        if clients.count >= 16 { clients.removeAll() }
        clients[key] = client
      }
      return client
    } catch {
      throw JWKSUnavailable("\(cluster.authorityFile ?? "the system's authorities"): \(error)")
    }
  }

  private func json(
    at address: String, with client: HTTPClient, until deadline: ContinuousClock.Instant
  ) async throws(JWKSUnavailable) -> JSON {
    guard let url = HTTPURL(address) else {
      throw JWKSUnavailable("\(address) is no address to fetch keys from")
    }
    let left = deadline - ContinuousClock.now
    guard left > .zero else { throw JWKSUnavailable("\(address) was not reached in time") }
    let response: HTTPClientResponse
    do {
      response = try await client.send(HTTPClientRequest(method: "GET", url: url), timeout: left)
    } catch { throw JWKSUnavailable("\(address): \(error)") }
    guard response.status == 200 else {
      throw JWKSUnavailable("\(address) answered \(response.status)")
    }
    do { return try JSON.parse(response.body) } catch {
      throw JWKSUnavailable("\(address) answered no JSON: \(error)")
    }
  }
}
