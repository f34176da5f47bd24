import AWSWire
import HTTP
import JSON

/// The services whose protocol is the query protocol.
extension AWSClient {
  /// A call of IAM; the answer's XML.
  package func iam(
    _ action: String, _ parameters: [(String, String)]
  ) async throws(AWSFailure) -> XMLReader {
    try await query("iam", version: "2010-05-08", action, parameters)
  }

  /// A call of IAM about a thing; nil where there is no such thing.
  package func iamIfThere(
    _ action: String, _ parameters: [(String, String)]
  ) async throws(AWSFailure) -> XMLReader? {
    do throws(AWSFailure) { return try await iam(action, parameters) } catch {
      guard error.code.bytes == "NoSuchEntity" else { throw error }
      return nil
    }
  }

  /// Who STS says that the keys belong to.
  package func callerARN() async throws(AWSFailure) -> String {
    try await query("sts", version: "2011-06-15", "GetCallerIdentity", []).first("Arn") ?? ""
  }

  private func query(
    _ service: String, version: String, _ action: String, _ parameters: [(String, String)]
  ) async throws(AWSFailure) -> XMLReader {
    let pairs = [("Action", action), ("Version", version)] + parameters
    let body = pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    let request = HTTPClientRequest(
      method: "POST", url: endpoint.with(target: "/"),
      headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(body.utf8))
    let response = try await send(request, to: service)
    guard (200..<300).contains(response.status) else { throw AWSFailure(response) }
    return XMLReader(String(decoding: response.body, as: UTF8.self))
  }
}
