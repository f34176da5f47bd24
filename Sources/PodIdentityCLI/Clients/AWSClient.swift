import AWSWire
import Cryptography
import HTTP
import JSON
import Platform

/// An error of an AWS API, or that there was no answer.
struct AWSFailure: Error, Hashable, CustomStringConvertible {
  /// The error's code; empty where nothing of AWS answered.
  let code: String
  let message: String
  var status = 0

  var description: String { code.isEmpty ? message : "\(code): \(message)" }
}

/// Signed calls of the stack's AWS APIs.
struct AWSClient: Sendable {
  private let http: HTTPClient
  private let aws: HTTPURL
  private let s3: HTTPURL
  private let region: String
  private let credentials: AWSCredentials
  private let clock: any WallClock

  /// A client with the root's keys, or with others.
  init(
    _ stack: StackInfo, credentials: AWSCredentials? = nil, loops: EventLoops,
    clock: any WallClock
  ) throws(CommandFailure) {
    guard let aws = HTTPURL(stack.awsURL), let s3 = HTTPURL(stack.s3URL) else {
      throw CommandFailure("\(stack.path) names no AWS endpoint")
    }
    self.aws = aws
    self.s3 = s3
    http = HTTPClient(loops: loops, bodyLimit: 64 << 20)
    region = stack.region
    self.credentials =
      credentials
      ?? AWSCredentials(
        accessKeyID: stack.accessKeyID, secretAccessKey: stack.secretAccessKey)
    self.clock = clock
  }

  /// A call of EKS or EKS Auth; `noting` is told the id that the service gave it.
  func rest(
    _ service: String, _ method: String, _ path: String, _ body: JSON? = nil,
    noting: (String) -> Void = { _ in }
  ) async throws(AWSFailure) -> JSON {
    var request = HTTPClientRequest(method: method, url: aws.with(target: path))
    if let body {
      request.headers["Content-Type"] = "application/json"
      request.body = body.bytes()
    }
    let response = try await send(&request, service: service)
    if let id = response.headers["x-amzn-RequestId"] { noting(id) }
    if response.status == 200 { return response.json ?? [:] }
    let code = response.headers["x-amzn-ErrorType"]?.split(separator: ":").first.map(String.init)
    throw AWSFailure(
      code: code ?? "",
      message: response.json?["message"]?.string ?? "it answers \(response.status)",
      status: response.status)
  }

  /// A call of IAM; the answer's XML.
  func iam(_ action: String, _ parameters: [(String, String)]) async throws(AWSFailure) -> XMLReader
  {
    let pairs = [("Action", action), ("Version", "2010-05-08")] + parameters
    let body = pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    var request = HTTPClientRequest(
      method: "POST", url: aws.with(target: "/"),
      headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(body.utf8))
    return try xml(try await send(&request, service: "iam"))
  }

  /// Who STS says that the keys belong to.
  func callerARN() async throws(AWSFailure) -> String {
    var request = HTTPClientRequest(
      method: "POST", url: aws.with(target: "/"),
      headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8))
    return try xml(try await send(&request, service: "sts")).first("Arn") ?? ""
  }

  /// Makes a bucket, if it is not there; says which it was.
  func makeBucket(_ name: String) async throws(AWSFailure) -> SeedOutcome {
    var head = HTTPClientRequest(method: "HEAD", url: s3.with(target: "/\(name)"))
    if try await send(&head, service: "s3").status == 200 { return .unchanged }
    var put = HTTPClientRequest(method: "PUT", url: s3.with(target: "/\(name)"))
    if region != "us-east-1" {
      put.body = Array(
        ("<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint>"
          + "</CreateBucketConfiguration>").utf8)
    }
    let response = try await send(&put, service: "s3")
    if response.status != 200 { _ = try xml(response) }
    return .created
  }

  /// Puts an object, if it is not there with these bytes; says which it was.
  func putObject(
    _ bytes: [UInt8], bucket: String, key: String
  ) async throws(AWSFailure) -> SeedOutcome {
    let path = "/\(bucket)/\(PercentEncoding.encode(key, keeping: "/"))"
    var head = HTTPClientRequest(method: "HEAD", url: s3.with(target: path))
    let found = try await send(&head, service: "s3")
    let etag = "\"\(Hex.encode(MD5.digest(bytes)))\""
    if found.status == 200, found.headers["ETag"] == etag { return .unchanged }
    var put = HTTPClientRequest(method: "PUT", url: s3.with(target: path), body: bytes)
    let response = try await send(&put, service: "s3")
    if response.status != 200 { _ = try xml(response) }
    return found.status == 200 ? .updated : .created
  }

  private func xml(_ response: HTTPClientResponse) throws(AWSFailure) -> XMLReader {
    let reader = XMLReader(String(decoding: response.body, as: UTF8.self))
    guard response.status == 200 else {
      throw AWSFailure(
        code: reader.first("Code") ?? "",
        message: reader.first("Message") ?? "it answers \(response.status)",
        status: response.status)
    }
    return reader
  }

  private func send(
    _ request: inout HTTPClientRequest, service: String
  ) async throws(AWSFailure) -> HTTPClientResponse {
    var hash: String?
    if service == "s3" {
      let digest = SHA256.hex(request.body)
      request.headers["x-amz-content-sha256"] = digest
      hash = digest
    }
    SigV4.sign(
      &request, credentials: credentials, region: region, service: service, now: clock.now,
      payloadHash: hash)
    do { return try await http.send(request, timeout: .seconds(10)) } catch {
      throw AWSFailure(code: "", message: "\(request.url.origin): \(error)")
    }
  }
}

/// The texts of elements in an answer of the query protocol.
struct XMLReader: Sendable {
  private let text: String

  init(_ text: String) { self.text = text }

  /// The text of the first element of a name.
  func first(_ name: String) -> String? { all(name).first }

  /// The texts of all elements of a name.
  func all(_ name: String) -> [String] {
    var found: [String] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "<\(name)>") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstRange(of: "</\(name)>") else { break }
      found.append(Self.unescaped(rest[..<end.lowerBound]))
      rest = rest[end.upperBound...]
    }
    return found
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = String(text)
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
    ] { result = result.replacing(entity, with: character) }
    return result
  }
}
