import Cryptography
package import HTTP
import JSON
package import Platform

/// What a request says about its own signature, in its header or its query (presigned).
package struct SigV4Authorization: Sendable {
  package let accessKeyID: String
  package let scope: SigV4Scope
  /// In lower case and in order, each once.
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
    let headers = request.headers.all("Authorization")
    let query = request.query
    let isPresigned = query["X-Amz-Signature"] != nil || query["X-Amz-Algorithm"] != nil
    guard headers.count + (isPresigned ? 1 : 0) <= 1 else { throw .severalSignatures }
    if let header = headers.first {
      try self.init(header: header, request: request)
    } else {
      guard isPresigned else { throw .missing }
      try self.init(query: query, request: request)
    }
  }

  private init(header: String, request: HTTPRequest) throws(SigV4Failure) {
    guard header.bytes.hasPrefix(SigV4.algorithm.bytes) else {
      throw .incomplete(
        "Unsupported algorithm in the Authorization header; \(SigV4.algorithm) is expected.")
    }
    let comma = UInt8(ascii: ",")
    var parts: [ByteText: Substring] = [:]
    for part in header.utf8.dropFirst(SigV4.algorithm.utf8.count).split(whereSeparator: {
      $0 == comma || $0 == 0x20
    }) {
      let (name, value) = Substring(part).bytes.cut(at: "=")
      if let value { parts[name.bytes] = value }
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
    signedHeaders = try Self.names(signed)
    self.signature = String(signature)
    time = date
    sessionToken = request.headers["X-Amz-Security-Token"]
    isPresigned = false
    expires = nil
    guard signedHeaders.contains(where: { $0.bytes == "host" }) else {
      throw .incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    }
  }

  private static func names(_ list: some StringProtocol) throws(SigV4Failure) -> [String] {
    guard let names = SigV4SignedFields.names(in: list) else {
      throw .signedHeaders("SignedHeaders must name each field once, in lower case and in order.")
    }
    return names
  }

  private init(query: QueryParameters, request: HTTPRequest) throws(SigV4Failure) {
    guard query["X-Amz-Algorithm"]?.bytes == SigV4.algorithm.bytes,
      let credential = query["X-Amz-Credential"], let signed = query["X-Amz-SignedHeaders"],
      let signature = query["X-Amz-Signature"], let date = query["X-Amz-Date"],
      Instant(basic: date) != nil
    else { throw .missingParameters }
    (accessKeyID, scope) = try Self.credential(credential[...])
    signedHeaders = try Self.names(signed)
    self.signature = signature
    time = date
    sessionToken = query["X-Amz-Security-Token"]
    isPresigned = true
    let seconds = query["X-Amz-Expires"] ?? "900"
    guard let value = Int(seconds), 1...604_800 ~= value,
      signedHeaders.contains(where: { $0.bytes == "host" })
    else {
      throw .incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800")
    }
    expires = value
  }

  private static func missingParts(
    _ parts: [ByteText: Substring], hasDate: Bool, header: String
  ) -> String {
    var text = ""
    for name in ["Credential", "Signature", "SignedHeaders"]
    where !parts.keys.contains(name.bytes) {
      text += "Authorization header requires '\(name)' parameter. "
    }
    if !hasDate {
      text +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
        + "header. "
    }
    // The header is echoed, as AWS does, but never a signature into anybody's log.
    let shown = parts["Signature"].map { signature in
      signature.startIndex < signature.endIndex
        ? header[..<signature.startIndex] + "..." + header[signature.endIndex...] : header[...]
    }
    return text + "Authorization=\(SigV4Failure.echo(String(shown ?? header[...])))"
  }

  private static func credential(
    _ text: Substring
  ) throws(SigV4Failure) -> (String, SigV4Scope) {
    let parts = text.bytes.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 5, parts.last?.bytes == "aws4_request", !parts[0].isEmpty else {
      throw .incomplete(
        "Credential must have at least 5 slash-delimited elements, e.g. "
          + "keyid/date/region/service/term, got '\(SigV4Failure.echo(String(text)))'")
    }
    let end = parts.count
    let scope = SigV4Scope(
      date: String(parts[end - 4]), region: String(parts[end - 3]), service: String(parts[end - 2]))
    return (parts[..<(end - 4)].joined(separator: "/"), scope)
  }

  /// Checks service, times, signed fields and signature; the caller has looked the secret key up.
  ///
  /// `payloadHash` is what the canonical request ends with: the announced one, or the body's digest.
  /// With a `region`, a scope of any other is refused.
  package func verify(
    _ request: HTTPRequest, secret: String, service: String, region: String? = nil,
    payloadHash: String, now: Instant
  ) throws(SigV4Failure) {
    guard scope.service.bytes == service.bytes else {
      throw .wrongScope(expectedService: service, given: scope, isDate: false)
    }
    if let region, scope.region.bytes != region.bytes {
      throw .wrongRegion(expected: region, given: scope.region)
    }
    guard time.bytes.hasPrefix(scope.date.bytes), scope.date.utf8.count == 8 else {
      throw .wrongScope(expectedService: service, given: scope, isDate: true)
    }
    try checkTime(now: now)
    let canonical = SigV4CanonicalRequest(
      method: request.method, target: request.target, headers: request.headers,
      signedHeaders: signedHeaders, payloadHash: payloadHash,
      style: service.bytes == "s3" ? .s3 : .standard)
    if canonical.fields.absent != nil {
      throw .signedHeaders("SignedHeaders names a field that the request has not.")
    }
    guard canonical.fields.unsigned.isEmpty else {
      throw .unsignedFields(canonical.fields.unsigned)
    }
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
