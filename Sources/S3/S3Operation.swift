import AWSDoor
import AWSWire
import Cryptography
import HTTP
import IAMPolicy
import JSON
import Platform
import PodIdentity

/// One operation of S3.
protocol S3Operation: Sendable {
  /// The operation's name, as the API has it.
  static var name: String { get }
  static var method: String { get }
  /// What the path names.
  static var resource: S3Resource { get }
  /// The query parameter that asks for it, with its value where that counts; nil where none does.
  static var parameter: (name: String, value: String?)? { get }
  /// Whether the operation reads the body itself, as a stream.
  static var readsBody: Bool { get }
  /// Whether the bucket must be there.
  static var needsBucket: Bool { get }

  /// Does it, and answers.
  static func respond(to call: S3Call) async throws(S3Failure) -> HTTPResponse
}

extension S3Operation {
  static var parameter: (name: String, value: String?)? { nil }
  static var readsBody: Bool { false }
  static var needsBucket: Bool { true }
}

/// What a path of S3 names.
enum S3Resource: Sendable { case account, bucket, object }

/// A request for an ``S3Operation``, its caller known.
struct S3Call: Sendable {
  let operation: any S3Operation.Type
  let folder: BucketFolder
  let authorizer: Authorizer
  let service: AWSService
  let account: AWSAccount
  let signature: SigV4Authorization
  /// The machine's time, by which signatures are dated.
  let now: Instant
  let caller: Caller
  let request: HTTPRequest
  /// Empty for operations on no bucket.
  let bucket: String
  /// Empty for operations on a bucket.
  let key: String
  /// The body, of which nothing was read yet.
  let body: S3RequestBody
  /// What was read of it, for operations that do not read it themselves.
  var content: [UInt8] = []

  /// A call of the operation that a route leads to.
  init(
    route: S3Route, buckets: BucketFolder, request signed: SignedRequest, body: S3RequestBody
  ) {
    let context = signed.context
    operation = route.operation
    folder = buckets
    authorizer = context.authorizer
    service = signed.service
    account = context.account
    signature = signed.authentication.authorization
    now = context.store.now
    caller = signed.authentication.caller
    request = signed.request
    bucket = route.bucket
    key = route.key
    self.body = body
  }

  /// Refuses where the path names a bucket that cannot be, that is not there, or that is not of the
  /// account that the caller expects.
  func checkBucket() async throws(S3Failure) {
    guard !bucket.isEmpty else { return }
    guard BucketFolder.isBucketName(bucket) else { throw .invalidBucketName(bucket) }
    guard operation.needsBucket else { return }
    guard try await folder.hasBucket(bucket) else { throw .noBucket(bucket) }
    if let owner = request.headers["x-amz-expected-bucket-owner"], owner.bytes != account.id.bytes {
      throw .unexpectedOwner(owner)
    }
  }

  /// The bucket's ARN.
  var bucketARN: String { "arn:\(account.partition):s3:::\(bucket)" }
  /// The object's ARN.
  var objectARN: String { "\(bucketARN)/\(key)" }

  /// Refuses unless the caller may do this.
  func authorize(
    _ action: String, on resource: String, context keys: PolicyContext = [:]
  ) throws(S3Failure) {
    do throws(Authorizer.Denial) {
      var context = S3RequestKeys.keys(
        of: request, signature: signature, account: account, now: now)
      context.merge(keys)
      try authorizer.decide(
        action, on: resource, by: caller, request: request, of: service, context: context)
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
