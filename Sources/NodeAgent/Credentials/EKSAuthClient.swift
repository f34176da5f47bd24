import AWSWire
import HTTP
import JSON
import Platform

/// Where credentials come from: EKS Auth, or a table of a test.
protocol CredentialsSource: Sendable {
  /// Exchanges a pod's token.
  func credentials(for token: String) async throws(UpstreamFailure) -> AgentCredentials
}

/// Calls `AssumeRoleForPodIdentity` as AWS's agent does: a second a try, at most three tries.
struct EKSAuthClient: CredentialsSource {
  private static let timeout: Duration = .seconds(1)
  private static let tries = 3

  let client: HTTPClient
  let endpoint: HTTPURL
  let cluster: String
  let region: String
  let credentials: AWSCredentials
  /// The real time, for signatures.
  let clock: any WallClock
  let randomness: Randomness

  func credentials(for token: String) async throws(UpstreamFailure) -> AgentCredentials {
    let invocation = randomness.uuid()
    var attempt = 1
    while true {
      do throws(UpstreamFailure) {
        return try await call(token, invocation: invocation, attempt: attempt)
      } catch {
        guard error.isTransient, attempt < Self.tries, !Task.isCancelled else { throw error }
      }
      // Random and growing, as the SDK's standard retryer waits.
      let pause = randomness.integer(in: 0...1000) * (1 << attempt)
      try? await Task.sleep(for: .milliseconds(pause))
      attempt += 1
    }
  }

  private func call(
    _ token: String, invocation: String, attempt: Int
  ) async throws(UpstreamFailure) -> AgentCredentials {
    let path = "/clusters/\(PercentEncoding.encode(cluster))/assume-role-for-pod-identity"
    var request = HTTPClientRequest(
      method: "POST", url: endpoint.with(target: path),
      headers: [
        "Content-Type": "application/json", "Amz-Sdk-Invocation-Id": invocation,
        "Amz-Sdk-Request": "attempt=\(attempt); max=\(Self.tries)",
      ], body: JSON.object(["token": .string(token)]).bytes())
    SigV4.sign(
      &request, credentials: credentials, region: region, service: "eks-auth", now: clock.now)
    let response: HTTPClientResponse
    do { response = try await client.send(request, timeout: Self.timeout) } catch {
      throw .unreachable("\(endpoint.origin): \(error)")
    }
    let id = response.headers["x-amzn-RequestId"] ?? ""
    guard response.status == 200 else {
      let json = response.json
      let code =
        response.headers["x-amzn-ErrorType"] ?? json?["code"]?.string ?? json?["__type"]?.string
        ?? ""
      let name = code.split(separator: "#").last?.split(separator: ":").first.map(String.init) ?? ""
      throw .answered(
        status: response.status, requestID: id, code: name,
        message: json?["message"]?.string ?? json?["Message"]?.string ?? "")
    }
    guard let json = response.json else {
      // As AWS's agent: the status of the answer that it could not read.
      throw .answered(status: 200, requestID: id, code: "", message: "")
    }
    return try AgentCredentials(json)
  }
}
