// Signed calls of AWS's services: what podid, kubernetes-api and node-agent call them with. It knows
// SigV4 and two protocols; of services it knows EKS's paths, and no server of this project.

package import AWSWire
import Cryptography
package import HTTP
package import JSON
package import Platform

/// Signed calls of the services at one endpoint, each one try.
package struct AWSClient: Sendable {
  private let http: HTTPClient
  /// Where the services are.
  package let endpoint: HTTPURL
  private let region: String
  private let key: SigningKey
  private let clock: any WallClock
  private let mark: @Sendable (inout HTTPClientRequest) -> Void

  /// A client of an endpoint; `clock` tells the real time, for signatures, and `mark` says on a request
  /// whose doing it is.
  package init(
    http: HTTPClient, endpoint: HTTPURL, region: String, key: SigningKey, clock: any WallClock,
    mark: @escaping @Sendable (inout HTTPClientRequest) -> Void = { _ in }
  ) {
    self.http = http
    self.endpoint = endpoint
    self.region = region
    self.key = key
    self.clock = clock
    self.mark = mark
  }

  /// Marks and signs a request.
  /// - Throws: where the key is in a file that cannot be read.
  package func sign(
    _ request: inout HTTPClientRequest, for service: String
  ) throws(FileError) {
    mark(&request)
    // S3 alone wants the hash named (S3 API reference, Signature Calculations).
    let isS3 = service.bytes == "s3"
    SigV4.sign(
      &request, credentials: try key.current(), region: region, service: service, now: clock.now,
      payloadHash: isS3 ? SHA256.hex(request.body) : nil)
  }

  /// Signs a request and sends it; the answer, whatever it says.
  package func send(
    _ request: HTTPClientRequest, to service: String, timeout: Duration = .seconds(10)
  ) async throws(AWSFailure) -> HTTPClientResponse {
    var request = request
    do { try sign(&request, for: service) } catch { throw AWSFailure(unanswered: "\(error)") }
    do { return try await http.send(request, timeout: timeout) } catch {
      throw AWSFailure(unanswered: "\(endpoint.origin): \(error)")
    }
  }

  /// A call of a service whose protocol is REST JSON; `noting` is told the id that it gave the call.
  ///
  /// An answer without a body is null.
  package func rest(
    _ service: String, _ method: String, _ path: String, _ body: JSON? = nil,
    timeout: Duration = .seconds(10), noting: (String) -> Void = { _ in }
  ) async throws(AWSFailure) -> JSON {
    var request = HTTPClientRequest(method: method, url: endpoint.with(target: path))
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = body.bytes()
    }
    let response = try await send(request, to: service, timeout: timeout)
    if let id = response.headers["x-amzn-RequestId"] { noting(id) }
    guard (200..<300).contains(response.status) else { throw AWSFailure(response) }
    if response.body.isEmpty { return .null }
    guard let json = response.json else { throw strange(response.status, "what is no JSON") }
    return json
  }

  /// What all pages of a list of such a service hold under a name.
  package func list(
    _ service: String, _ path: String, of member: String, timeout: Duration = .seconds(10)
  ) async throws(AWSFailure) -> [JSON] {
    var found: [JSON] = []
    var query = "?maxResults=100"
    while true {
      let page = try await rest(service, "GET", path + query, timeout: timeout)
      guard let items = page[member]?.array else { throw strange(200, "no \(member)") }
      found += items
      guard let token = page["nextToken"]?.string, !token.isEmpty else { return found }
      query = "?maxResults=100&nextToken=\(PercentEncoding.encode(token))"
    }
  }

  private func strange(_ status: Int, _ content: String) -> AWSFailure {
    AWSFailure(code: "", message: "\(endpoint.origin) answers \(content)", status: status)
  }
}
