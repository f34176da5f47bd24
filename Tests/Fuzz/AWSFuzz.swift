@testable import AWSDoor
@testable import AWSWire
@testable import HTTP
@testable import IAMPolicy
@testable import JSON
@testable import Platform

/// The Authorization field, or the query of a presigned request.
let fuzzSigV4: FuzzTarget = { bytes in
  let given = parts(bytes, 3)
  var request = HTTPRequest(
    method: "GET", target: "/" + text(given[1]),
    headers: ["Host": "a", "X-Amz-Date": text(given[2])])
  if !given[0].isEmpty { request.headers["Authorization"] = text(given[0]) }
  guard let found = try? SigV4Authorization(request) else { return }
  for style in [SigV4PathStyle.standard, .unnormalized, .s3] {
    let canonical = SigV4CanonicalRequest(
      method: "GET", target: request.target, headers: request.headers,
      signedHeaders: found.signedHeaders, payloadHash: "x", style: style)
    precondition(canonical.text.hasSuffix("\nx"), "no payload hash at the end")
  }
}

/// Bodies in `aws-chunked` encoding.
let fuzzAWSChunked: FuzzTarget = { bytes in
  let request = HTTPRequest(
    method: "PUT",
    headers: [
      "Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, "
        + "SignedHeaders=host, Signature=00", "X-Amz-Date": "20260101T000000Z",
    ])
  guard let authorization = try? SigV4Authorization(request) else { fatalError("no authorization") }
  for encoding in AWSChunkedEncoding.allCases {
    var decoder = AWSChunkedDecoder(
      encoding, decodedLength: bytes.count, announced: ["x-amz-checksum-crc32"],
      authorization: authorization, secret: "s")
    var count = 0
    var rest = bytes[...]
    while !rest.isEmpty {
      var piece = rest.prefix(7)
      rest = rest.dropFirst(7)
      while let data = try? decoder.data(in: &piece) { count += data.count }
    }
    _ = try? decoder.finish()
    precondition(count <= bytes.count, "more data than came")
  }
}

/// Policy documents, and a decision by each.
let fuzzPolicy: FuzzTarget = { bytes in
  let given = parts(bytes, 3)
  for kind in [PolicyDocument.Kind.inline, .managed, .trust] {
    guard let document = try? PolicyDocument(text: text(given[0]), kind: kind) else { continue }
    let request = PolicyRequest(action: text(given[1]), resource: text(given[2]))
    let evaluation = PolicyEvaluation(identity: [NamedPolicy(name: "p", document: document)])
    _ = evaluation.decide(request)
  }
}

/// Session tokens: only what the sealer made opens, and it reads any session back.
let fuzzSession: FuzzTarget = { bytes in
  let given = parts(bytes, 2)
  let sealer = SessionSealer(masterKey: [UInt8](repeating: 7, count: 32), randomness: .seeded(1))
  precondition(sealer.open(text(given[0]), accessKeyID: "ASIA") == nil, "a made-up token opens")
  guard let json = try? JSON.parse(given[1]), let session = IssuedSession(json: json) else {
    return
  }
  guard let issued = try? sealer.issue(session),
    let opened = sealer.open(issued.sessionToken, accessKeyID: issued.accessKeyID)
  else { fatalError("an issued token does not open") }
  precondition(opened.json == session.json, "a session reads otherwise")
  precondition(
    sealer.open(issued.sessionToken, accessKeyID: "ASIAX") == nil, "it opens for another key")
}
