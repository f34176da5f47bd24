import AWSWire
import Cryptography
import HTTP
import JSON
import Platform

/// One operation of S3.
protocol S3Operation: Sendable {
  /// The operation's name, as the API has it.
  static var name: String { get }

  /// Does it, and answers.
  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse
}

/// A request for an ``S3Operation``, its caller known.
struct S3Call: Sendable {
  let folder: BucketFolder
  let authorizer: Authorizer
  let account: AWSAccount
  let caller: Caller
  let request: HTTPRequest
  /// Empty for operations on no bucket.
  let bucket: String
  /// Empty for operations on a bucket.
  let key: String
  /// The body without the chunked encoding of AWS.
  let body: [UInt8]
  /// Trailing fields of that encoding.
  let trailers: [(name: String, value: String)]

  /// The bucket's ARN.
  var bucketARN: String { "arn:\(account.partition):s3:::\(bucket)" }
  /// The object's ARN.
  var objectARN: String { "\(bucketARN)/\(key)" }

  /// A field of the head or a trailer.
  func field(_ name: String) -> String? {
    request.headers[name] ?? trailers.first { $0.name == name.lowercased() }?.value
  }

  /// Refuses unless the caller may do this.
  func authorize(
    _ action: String, on resource: String, context keys: [String: [String]] = [:]
  ) throws(S3Failure) {
    do throws(Authorizer.Denial) {
      try authorizer.decide(action, on: resource, by: caller, request: request, context: keys)
    } catch { throw .denied(error) }
  }

  /// The failure for an object that is not there: only who may list learns that it is missing.
  func missingKey() -> S3Failure {
    do throws(S3Failure) {
      try authorize("s3:ListBucket", on: bucketARN)
      return .noKey(key)
    } catch { return error }
  }

  /// An answer in XML.
  func xml(_ root: String, _ content: (inout XMLWriter) -> Void) -> HTTPResponse {
    var writer = XMLWriter(declaration: true)
    writer.element(
      root, attributes: [("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/")], content)
    return HTTPResponse(
      status: 200, headers: ["Content-Type": "application/xml"], body: .bytes(writer.bytes))
  }
}
