import AWSClient
import HTTP
import JSON
import Platform

/// Where credentials come from: EKS Auth, or a table of a test.
protocol CredentialsSource: Sendable {
  /// Exchanges a pod's token; no further try is made once `patience` is over.
  func credentials(
    for token: String, patience: Patience
  ) async throws(UpstreamFailure) -> AgentCredentials
}

/// Calls `AssumeRoleForPodIdentity` as AWS's agent does: a second a try, at most three tries.
struct EKSAuthClient: CredentialsSource {
  private static let timeout: Duration = .seconds(1)
  /// More than any answer has; a larger one is cut there.
  static let bodyLimit = 1 << 20

  let client: HTTPClient
  /// What marks and signs the calls: EKS Auth is called as AWS's agent calls it, try by try.
  let aws: AWSClient
  let cluster: String
  let randomness: Randomness
  let quota = RetryQuota()

  func credentials(
    for token: String, patience: Patience
  ) async throws(UpstreamFailure) -> AgentCredentials {
    let invocation = randomness.uuid()
    var (attempt, paid) = (1, 0)
    while true {
      do throws(UpstreamFailure) {
        let credentials = try await call(token, invocation: invocation, attempt: attempt)
        quota.succeeded(paid: paid)
        return credentials
      } catch {
        // What EKS Auth answered in good order is a success for the quota, whatever the agent makes
        // of it.
        switch error {
        case .local, .incomplete: quota.succeeded(paid: paid)
        default: break
        }
        guard attempt < RetryQuota.tries, !Task.isCancelled, let cost = quota.pay(for: error) else {
          throw error
        }
        paid = cost
        // Random and growing, as the SDK's standard retryer waits.
        let pause = Duration.milliseconds(randomness.integer(in: 0...1000) * (1 << attempt))
        guard await patience.pause(for: pause) else { throw Task.isCancelled ? .abandoned : error }
      }
      attempt += 1
    }
  }

  private func call(
    _ token: String, invocation: String, attempt: Int
  ) async throws(UpstreamFailure) -> AgentCredentials {
    var request = HTTPClientRequest(
      method: "POST", url: aws.endpoint.with(target: EKSPath.assumeRole(in: cluster)),
      headers: [
        "Content-Type": "application/json", "Amz-Sdk-Invocation-Id": invocation,
        "Amz-Sdk-Request": "attempt=\(attempt); max=\(RetryQuota.tries)",
      ], body: JSON.object(["token": .string(token)]).bytes())
    do { try aws.sign(&request, for: "eks-auth") } catch { throw .unreachable("\(error)") }
    // Unsigned, as Go's transport adds it.
    request.headers["Accept-Encoding"] = "gzip"
    let answer: (response: HTTPClientResponse, cut: HTTPClientError?)
    do { answer = try await client.attempt(request, timeout: Self.timeout) } catch {
      switch error {
      case .cancelled: throw .abandoned
      case .timedOut: throw .timedOut("\(aws.endpoint.origin): \(error)")
      default: throw .unreachable("\(aws.endpoint.origin): \(error)")
      }
    }
    return try EKSAuthAnswer.credentials(in: answer.response, cut: answer.cut)
  }
}
