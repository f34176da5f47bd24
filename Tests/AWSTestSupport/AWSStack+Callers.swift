package import AWSWire
package import HTTP
import JSON
import Platform

/// EKS Auth gave a pod no credentials, so a test cannot begin.
private struct NoCredentials: Error {}

extension AWSStack {
  /// Credentials of the pod `default/app-1`, whose role `caller` has these statements of a policy.
  package func caller(_ statements: String = "") async throws -> AWSCredentials {
    await makeRole(
      "caller",
      policy: statements.isEmpty ? nil : #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#)
    await associate("caller")
    guard let credentials = try await podCredentials() else { throw NoCredentials() }
    return credentials
  }

  /// A statement that allows an action.
  package static func allow(_ action: String, on resource: String = "*") -> String {
    #"{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}"#
  }

  /// A presigned request with what else is to be signed.
  ///
  /// `scopeDate` is the scope's date where it is not the signature's.
  package func presigned(
    _ service: String, _ target: String, expires: Int = 60, signing headers: [String] = ["host"],
    scopeDate: String? = nil, as credentials: AWSCredentials = root
  ) -> HTTPRequest {
    let time = machineClock.now.basic
    let scope = SigV4Scope(
      date: scopeDate ?? String(time.prefix(8)), region: "us-east-1", service: service)
    var parameters = [
      ("X-Amz-Algorithm", SigV4.algorithm),
      ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope.text)"), ("X-Amz-Date", time),
      ("X-Amz-Expires", "\(expires)"), ("X-Amz-SignedHeaders", headers.joined(separator: ";")),
    ]
    if let token = credentials.sessionToken { parameters.append(("X-Amz-Security-Token", token)) }
    let query = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }
      .joined(separator: "&")
    let signed = target + (target.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query
    let fields: HTTPHeaders = ["Host": "127.0.0.1:4577"]
    let canonical = SigV4CanonicalRequest(
      method: "GET", target: signed, headers: fields, signedHeaders: headers,
      payloadHash: service == "s3"
        ? "UNSIGNED-PAYLOAD" : "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      style: service == "s3" ? .s3 : .standard)
    let signature = SigV4.signature(
      of: SigV4.stringToSign(canonicalRequest: canonical.text, time: time, scope: scope),
      key: SigV4.signingKey(secret: credentials.secretAccessKey, scope: scope))
    return HTTPRequest(
      method: "GET", target: "\(signed)&X-Amz-Signature=\(signature)", headers: fields,
      id: "request-1")
  }
}
