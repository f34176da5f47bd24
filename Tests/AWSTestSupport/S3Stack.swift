import AWSAPI
package import AWSDoor
package import AWSWire
import Cryptography
package import HTTP
import Platform

/// S3 of an ``AWSStack`` in memory, over a folder of its own.
package struct S3Stack {
  package let stack: AWSStack
  /// The folder of the buckets.
  package let path: String
  package let endpoint: AWSEndpoint
  /// What requests are sent to: the endpoint, or a client of it.
  package var handler: any HTTPHandler

  /// A stack with the buckets of a folder; without any where it is nil.
  package init(path: String? = nil, longTermKeys: LongTermKeys = .test) async throws {
    stack = try await AWSStack(longTermKeys: longTermKeys, buckets: path)
    self.path = stack.buckets
    endpoint = AWSEndpoint(
      context: stack.context, authenticator: stack.authenticator, only: stack.services.storage)
    handler = endpoint
  }

  /// A stack with the bucket `bucket`.
  package static func withBucket(
    longTermKeys: LongTermKeys = .test
  ) async throws -> S3Stack {
    let stack = try await S3Stack(longTermKeys: longTermKeys)
    _ = await stack.send("PUT", "/bucket")
    return stack
  }

  /// A signed request's answer; `payload` is what `x-amz-content-sha256` says instead of the digest.
  package func send(
    _ method: String, _ target: String, headers: HTTPHeaders = [:], body: String = "",
    payload: String? = nil, as credentials: AWSCredentials = AWSStack.root
  ) async -> HTTPResponse {
    await handler.respond(
      to: signed(
        method, target, headers: headers, body: body, payload: payload, as: credentials))
  }

  /// A signed request.
  package func signed(
    _ method: String, _ target: String, headers: HTTPHeaders = [:], body: String = "",
    payload: String? = nil, as credentials: AWSCredentials = AWSStack.root
  ) -> HTTPRequest {
    guard let url = HTTPURL("http://127.0.0.1:4578\(target)") else { return HTTPRequest() }
    var request = HTTPClientRequest(
      method: method, url: url, headers: headers, body: Array(body.utf8))
    SigV4.sign(
      &request, credentials: credentials, region: "us-east-1", service: "s3",
      now: stack.machineClock.now, payloadHash: payload ?? SHA256.hex(request.body))
    return HTTPRequest(
      method: method, target: target, headers: request.headers, body: request.body,
      id: "request-1")
  }
}
