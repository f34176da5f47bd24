import Cryptography
package import HTTP
package import Platform

/// What a request says about its own signature, in its header or its query (presigned).
package struct SigV4Authorization: Sendable {
  package let accessKeyID: String
  package let scope: SigV4Scope
  /// Lower-case and in the order given.
  package let signedHeaders: [String]
  package let signature: String
  /// `X-Amz-Date` or the Date header, in the basic form.
  package let time: String
  package let sessionToken: String?
  package let isPresigned: Bool
  /// Seconds that a presigned request is good for.
  package let expires: Int?

  /// Reads a request's signature.
  package init(_ request: HTTPRequest) throws(SigV4Failure) {
    if let header = request.headers["Authorization"] {
      try self.init(header: header, request: request)
    } else {
      let query = request.query
      guard query["X-Amz-Signature"] != nil || query["X-Amz-Algorithm"] != nil else {
        throw .missing
      }
      try self.init(query: query, request: request)
    }
  }

  private init(header: String, request: HTTPRequest) throws(SigV4Failure) {
    guard header.hasPrefix(SigV4.algorithm) else {
      throw .incomplete(
        "Unsupported algorithm in the Authorization header; \(SigV4.algorithm) is expected.")
    }
    var parts: [Substring: Substring] = [:]
    for part in header.dropFirst(SigV4.algorithm.utf8.count).split(whereSeparator: {
      $0 == "," || $0 == " "
    }) {
      guard let cut = part.firstIndex(of: "=") else { continue }
      parts[part[..<cut]] = part[part.index(after: cut)...]
    }
    let date =
      request.headers["X-Amz-Date"]
      ?? request.headers["Date"].flatMap { Instant(httpDate: $0)?.basic }
    guard let credential = parts["Credential"], let signed = parts["SignedHeaders"],
      let signature = parts["Signature"], let date, Instant(basic: date) != nil
    else {
      throw .incomplete(Self.missingParts(parts, hasDate: date != nil, header: header))
    }
    (accessKeyID, scope) = try Self.credential(credential)
    signedHeaders = signed.split(separator: ";").map(String.init)
    self.signature = String(signature)
    time = date
    sessionToken = request.headers["X-Amz-Security-Token"]
    isPresigned = false
    expires = nil
    guard signedHeaders.contains("host") else {
      throw .incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    }
  }

  private init(query: QueryParameters, request: HTTPRequest) throws(SigV4Failure) {
    guard query["X-Amz-Algorithm"] == SigV4.algorithm,
      let credential = query["X-Amz-Credential"], let signed = query["X-Amz-SignedHeaders"],
      let signature = query["X-Amz-Signature"], let date = query["X-Amz-Date"],
      Instant(basic: date) != nil
    else {
      throw .incomplete(
        "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', "
          + "'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string "
          + "parameters.")
    }
    (accessKeyID, scope) = try Self.credential(credential[...])
    signedHeaders = signed.split(separator: ";").map(String.init)
    self.signature = signature
    time = date
    sessionToken = query["X-Amz-Security-Token"]
    isPresigned = true
    let seconds = query["X-Amz-Expires"] ?? "900"
    guard let value = Int(seconds), 1...604_800 ~= value, signedHeaders.contains("host") else {
      throw .incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800")
    }
    expires = value
  }

  private static func missingParts(
    _ parts: [Substring: Substring], hasDate: Bool, header: String
  ) -> String {
    var text = ""
    for name in ["Credential", "Signature", "SignedHeaders"] where parts[name[...]] == nil {
      text += "Authorization header requires '\(name)' parameter. "
    }
    if !hasDate {
      text +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
        + "header. "
    }
    // The whole header is echoed, as AWS does, but never a signature into anybody's log.
    let shown = parts["Signature"].map { header.split(separator: $0).joined(separator: "...") }
    return text + "Authorization=\(shown ?? header)"
  }

  private static func credential(
    _ text: Substring
  ) throws(SigV4Failure) -> (String, SigV4Scope) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 5, parts.last == "aws4_request", !parts[0].isEmpty else {
      throw .incomplete(
        "Credential must have at least 5 slash-delimited elements, e.g. "
          + "keyid/date/region/service/term, got '\(text)'")
    }
    let end = parts.count
    let scope = SigV4Scope(
      date: String(parts[end - 4]), region: String(parts[end - 3]), service: String(parts[end - 2]))
    return (parts[..<(end - 4)].joined(separator: "/"), scope)
  }

  /// Checks service, times and signature; the caller has looked the secret key up.
  ///
  /// `payloadHash` is what the canonical request ends with: the announced one, or the body's digest.
  package func verify(
    _ request: HTTPRequest, secret: String, service: String, payloadHash: String, now: Instant
  ) throws(SigV4Failure) {
    guard scope.service == service else {
      throw .wrongScope(expectedService: service, given: scope, isDate: false)
    }
    guard time.hasPrefix(scope.date), scope.date.utf8.count == 8 else {
      throw .wrongScope(expectedService: service, given: scope, isDate: true)
    }
    try checkTime(now: now)
    let canonical = SigV4CanonicalRequest(
      method: request.method, target: request.target, headers: request.headers,
      signedHeaders: signedHeaders, payloadHash: payloadHash,
      style: service == "s3" ? .s3 : .standard)
    let stringToSign = SigV4.stringToSign(
      canonicalRequest: canonical.text, time: time, scope: scope)
    let expected = SigV4.signature(
      of: stringToSign, key: SigV4.signingKey(secret: secret, scope: scope))
    guard constantTimeEqual(Array(expected.utf8), Array(signature.utf8)) else {
      throw .wrongSignature(canonicalRequest: canonical.text, stringToSign: stringToSign)
    }
  }

  /// AWS accepts 15 minutes either way; a presigned request until it expires.
  private func checkTime(now: Instant) throws(SigV4Failure) {
    guard let requestTime = Instant(basic: time) else { throw .incomplete("Bad X-Amz-Date") }
    guard requestTime <= now + .seconds(900) else {
      throw .notYetCurrent(request: requestTime, now: now)
    }
    if let expires {
      guard now < requestTime + .seconds(expires) else { throw .presignExpired }
    } else {
      guard requestTime >= now - .seconds(900) else {
        throw .expired(request: requestTime, now: now)
      }
    }
  }
}
