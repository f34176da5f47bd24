// SigV4 both ways, AWS's two protocols for this project and S3's, ARNs and XML. It knows no operation.

import Cryptography
package import HTTP
import JSON
package import Platform

/// An access key.
package struct AWSCredentials: Sendable, Hashable {
  package var accessKeyID: String
  package var secretAccessKey: String
  package var sessionToken: String?

  /// An access key; with a session token if it is temporary.
  package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
  }
}

/// The scope of a signature: `20261124/us-east-1/sts/aws4_request`.
package struct SigV4Scope: Sendable, Hashable {
  /// Eight digits.
  package var date: String
  package var region: String
  package var service: String

  /// A scope.
  package init(date: String, region: String, service: String) {
    self.date = date
    self.region = region
    self.service = service
  }

  /// The scope as it is written.
  package var text: String { "\(date)/\(region)/\(service)/aws4_request" }
}

/// The calculations of AWS Signature Version 4, as the IAM user guide describes them.
package enum SigV4 {
  /// The algorithm's name.
  package static let algorithm = "AWS4-HMAC-SHA256"

  /// The string to sign of a canonical request.
  package static func stringToSign(
    canonicalRequest: String, time: String, scope: SigV4Scope
  ) -> String {
    "\(algorithm)\n\(time)\n\(scope.text)\n\(SHA256.hex(Array(canonicalRequest.utf8)))"
  }

  /// The key that signs under a scope.
  package static func signingKey(secret: String, scope: SigV4Scope) -> [UInt8] {
    var key = Array("AWS4\(secret)".utf8)
    for part in [scope.date, scope.region, scope.service, "aws4_request"] {
      key = HMACSHA256.code(Array(part.utf8), key: key)
    }
    return key
  }

  /// The signature of a string, in base 16.
  package static func signature(of stringToSign: String, key: [UInt8]) -> String {
    Hex.encode(HMACSHA256.code(Array(stringToSign.utf8), key: key))
  }

  /// Signs a request in its header; `payloadHash` nil hashes the body without naming the hash.
  package static func sign(
    _ request: inout HTTPClientRequest, credentials: AWSCredentials, region: String,
    service: String, now: Instant, payloadHash: String? = nil
  ) {
    let time = now.basic
    let scope = SigV4Scope(date: String(time.prefix(8)), region: region, service: service)
    if request.headers["Host"] == nil { request.headers["Host"] = request.url.hostHeader }
    request.headers["X-Amz-Date"] = time
    if let payloadHash { request.headers["X-Amz-Content-Sha256"] = payloadHash }
    if let token = credentials.sessionToken { request.headers["X-Amz-Security-Token"] = token }
    let signed = Set(request.headers.fields.map { $0.name.lowercased().bytes })
      .subtracting(["authorization", "user-agent", "connection", "expect"]).sorted()
      .map(\.string)
    let canonical = SigV4CanonicalRequest(
      method: request.method, target: request.url.target, headers: request.headers,
      signedHeaders: signed, payloadHash: payloadHash ?? SHA256.hex(request.body),
      style: service.bytes == "s3" ? .s3 : .standard)
    let signature = signature(
      of: stringToSign(canonicalRequest: canonical.text, time: time, scope: scope),
      key: signingKey(secret: credentials.secretAccessKey, scope: scope))
    request.headers["Authorization"] =
      "\(algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
      + "SignedHeaders=\(signed.joined(separator: ";")), Signature=\(signature)"
  }
}
