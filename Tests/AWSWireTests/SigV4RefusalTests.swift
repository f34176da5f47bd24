import AWSWire
import Cryptography
import HTTP
import Platform
import Testing

/// Signatures that are not accepted: each refusal, and the good request that it differs from.
@Suite struct SigV4RefusalTests {
  private static let now = Instant(seconds: 1_795_500_000)
  private static let time = now.basic

  /// A request as a signer would make it, in its header or its query, but for what a test changes.
  private struct Signer {
    var time = SigV4RefusalTests.time
    var scope = SigV4Scope(
      date: String(SigV4RefusalTests.time.prefix(8)), region: "us-east-1", service: "s3")
    var secret = "secret"
    var signed = ["host"]
    var headers: HTTPHeaders = ["Host": "bucket.localhost"]
    var expires: String? = "60"

    private func signature(_ target: String, payload: String) -> String {
      let canonical = SigV4CanonicalRequest(
        method: "GET", target: target, headers: headers, signedHeaders: signed,
        payloadHash: payload, style: .s3)
      return SigV4.signature(
        of: SigV4.stringToSign(canonicalRequest: canonical.text, time: time, scope: scope),
        key: SigV4.signingKey(secret: secret, scope: scope))
    }

    /// A presigned request.
    var presigned: HTTPRequest {
      var target =
        "/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
        + PercentEncoding.encode("AKIA/\(scope.text)")
        + "&X-Amz-Date=\(time)&X-Amz-SignedHeaders="
        + PercentEncoding.encode(signed.joined(separator: ";"))
      if let expires { target += "&X-Amz-Expires=\(expires)" }
      target += "&X-Amz-Signature=" + signature(target, payload: "UNSIGNED-PAYLOAD")
      return HTTPRequest(target: target, headers: headers)
    }

    /// A request that is signed in its header.
    var inHeader: HTTPRequest {
      var headers = headers
      headers["X-Amz-Date"] = time
      var signer = self
      signer.headers = headers
      signer.signed = (signed + ["x-amz-date"]).sorted()
      headers["Authorization"] =
        "AWS4-HMAC-SHA256 Credential=AKIA/\(scope.text), SignedHeaders="
        + signer.signed.joined(separator: ";")
        + ", Signature=" + signer.signature("/key", payload: "UNSIGNED-PAYLOAD")
      return HTTPRequest(target: "/key", headers: headers)
    }
  }

  private func verify(
    _ request: HTTPRequest, at now: Instant = now, region: String? = nil
  ) throws(SigV4Failure) {
    try SigV4Authorization(request).verify(
      request, secret: "secret", service: "s3", region: region, payloadHash: "UNSIGNED-PAYLOAD",
      now: now)
  }

  @Test("what is signed as it should be is accepted, in the header and in the query")
  func good() throws {
    for request in [Signer().inHeader, Signer().presigned] {
      try verify(request)
      try verify(request, region: "us-east-1")
      let authorization = try SigV4Authorization(request)
      #expect(authorization.accessKeyID == "AKIA")
      #expect(authorization.isPresigned == (request.headers["Authorization"] == nil))
    }
  }

  @Test("a presigned request is good for its seconds, and no longer", arguments: [1, 60, 604_800])
  func expires(seconds: Int) throws {
    var signer = Signer()
    signer.expires = "\(seconds)"
    let request = signer.presigned
    #expect(try SigV4Authorization(request).expires == seconds)
    try verify(request, at: Self.now + .seconds(seconds) - .milliseconds(1))
    #expect(throws: SigV4Failure.presignExpired) {
      try verify(request, at: Self.now + .seconds(seconds))
    }
    try verify(request, at: Self.now - .seconds(900))
    let early = Self.now - .seconds(901)
    #expect(throws: SigV4Failure.notYetCurrent(request: Self.now, now: early)) {
      try verify(request, at: early)
    }
  }

  @Test("without X-Amz-Expires it is good for a quarter of an hour")
  func usualExpiry() throws {
    var signer = Signer()
    signer.expires = nil
    try verify(signer.presigned, at: Self.now + .seconds(899))
    #expect(throws: SigV4Failure.presignExpired) {
      try verify(signer.presigned, at: Self.now + .seconds(900))
    }
  }

  @Test(
    "X-Amz-Expires is a number of seconds up to a week",
    arguments: ["0", "-1", "604801", "x", "", "1.5", "99999999999999999999"])
  func badExpiry(text: String) {
    var signer = Signer()
    signer.expires = text
    let failure = #expect(throws: SigV4Failure.self) { try verify(signer.presigned) }
    #expect(failure?.error(.query).code == "IncompleteSignature")
  }

  @Test("a presigned request has each of its parameters")
  func parameters() {
    let target = Signer().presigned.target
    for name in ["Algorithm", "Credential", "Date", "SignedHeaders", "Signature"] {
      var request = Signer().presigned
      request.target = target.replacing("X-Amz-\(name)=", with: "X-Other=")
      let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
      #expect(failure == .missingParameters, "\(name)")
    }
    var other = Signer().presigned
    other.target = target.replacing("AWS4-HMAC-SHA256", with: "AWS4-ECDSA-P256-SHA256")
    #expect(throws: SigV4Failure.missingParameters) { try verify(other) }
  }

  @Test("the Host is signed, in the header and in the query")
  func host() {
    var signer = Signer()
    signer.signed = ["x-a"]
    signer.headers = ["Host": "bucket.localhost", "X-A": "1"]
    for request in [signer.inHeader, signer.presigned] {
      let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
      #expect(failure?.error(.query).code == "IncompleteSignature")
    }
    signer.signed = ["host", "x-a"]
    for request in [signer.inHeader, signer.presigned] {
      #expect(throws: Never.self) { try verify(request) }
    }
  }

  @Test(
    "the scope's date is that of the request",
    arguments: ["20261123", "20261125", "2026112", "202611240", "", "20261124T"])
  func scopeDate(date: String) {
    var signer = Signer()
    signer.scope.date = date
    for request in [signer.inHeader, signer.presigned] {
      #expect(
        throws: SigV4Failure.wrongScope(
          expectedService: "s3", given: signer.scope, isDate: true)
      ) { try verify(request) }
    }
  }

  @Test("the scope's service is the one that is called, and its region that of the endpoint")
  func scope() {
    var signer = Signer()
    signer.scope.service = "sts"
    for request in [signer.inHeader, signer.presigned] {
      #expect(
        throws: SigV4Failure.wrongScope(
          expectedService: "s3", given: signer.scope, isDate: false)
      ) { try verify(request) }
    }
    signer.scope = SigV4Scope(date: Signer().scope.date, region: "eu-west-1", service: "s3")
    for request in [signer.inHeader, signer.presigned] {
      #expect(throws: SigV4Failure.wrongRegion(expected: "us-east-1", given: "eu-west-1")) {
        try verify(request, region: "us-east-1")
      }
      #expect(throws: Never.self) { try verify(request) }
    }
  }

  @Test(
    "a credential has five parts and the end that AWS's has",
    arguments: [
      "AKIA/20261124/us-east-1/s3", "/20261124/us-east-1/s3/aws4_request",
      "AKIA/20261124/us-east-1/s3/aws3_request", "AKIA", "",
      "AKIA/20261124/us-east-1/s3/aws4_request/",
    ])
  func credential(text: String) throws {
    var request = Signer().inHeader
    request.headers["Authorization"] =
      "AWS4-HMAC-SHA256 Credential=\(text), SignedHeaders=host, Signature=0"
    let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
    #expect(failure?.error(.query).code == "IncompleteSignature")
  }

  @Test(
    "a time that is none is no time", arguments: ["", "20261124", "2026-11-24T05:20:00Z", "x"])
  func badTime(text: String) {
    var request = Signer().inHeader
    request.headers["X-Amz-Date"] = text
    let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
    #expect(failure?.error(.query).code == "IncompleteSignature")
  }

  @Test("another secret, another signature, a longer or shorter one is wrong")
  func signature() {
    var signer = Signer()
    signer.secret = "secreT"
    var requests = [signer.inHeader, signer.presigned]
    for end in ["0", ""] {
      var header = Signer().inHeader
      header.headers["Authorization"] =
        String((header.headers["Authorization"] ?? "").dropLast()) + end
      var query = Signer().presigned
      query.target = String(query.target.dropLast()) + end + (end.isEmpty ? "" : "0")
      requests += [header, query]
    }
    for request in requests {
      let failure = #expect(throws: SigV4Failure.self) { try verify(request) }
      guard case .wrongSignature = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
  }

  private static let all: [SigV4Failure] = [
    .missing, .incomplete("t"), .missingParameters, .severalSignatures, .signedHeaders("t"),
    .unsignedFields(["x-amz-acl"]), .wrongRegion(expected: "a", given: "b"), .unknownKey,
    .malformedToken, .wrongSignature(canonicalRequest: "c", stringToSign: "s"),
    .wrongScope(
      expectedService: "sts", given: SigV4Scope(date: "d", region: "r", service: "s"),
      isDate: false),
    .expired(request: now, now: now), .notYetCurrent(request: now, now: now), .presignExpired,
    .sessionExpired, .wrongPayload,
  ]

  @Test("each refusal is an error of the caller's, in every protocol, and none tells the secret")
  func errors() {
    for failure in Self.all {
      for style in AWSProtocol.allCases {
        let error = failure.error(style)
        #expect((400...403).contains(error.status), "\(failure)")
        #expect(!error.code.isEmpty && !error.message.isEmpty, "\(failure)")
        #expect(!error.message.contains("secret "), "\(failure)")
      }
      let codes = [failure.error(.query).code, failure.error(.restJSON).code]
      // The JSON protocol's errors are named as exceptions.
      #expect(codes[1].hasSuffix("Exception") && !codes[0].hasSuffix("Exception"), "\(codes)")
    }
  }
}
