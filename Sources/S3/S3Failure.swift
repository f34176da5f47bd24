import AWSDoor
import AWSWire
import Glibc
import Platform
import PodIdentity

/// Why S3 refuses; the one place with its codes and texts.
enum S3Failure: Error, Sendable {
  case signature(SigV4Failure, isPresigned: Bool)
  case denied(Authorizer.Denial)
  case noBucket(String)
  case bucketNotEmpty(String)
  case bucketExists(String)
  /// Code and message of a LocationConstraint that does not fit the region.
  case location(code: String, String)
  case malformedXML
  case noKey(String)
  case notImplemented(String)
  case methodNotAllowed
  case noACLs
  case noBucketACLs
  /// The account that a caller expects to own a bucket, which is another's.
  case unexpectedOwner(String)
  case invalidArgument(String, name: String)
  case invalidURI
  case invalidRequest(String)
  case invalidBucketName(String)
  case keyTooLong
  /// The key cannot be a file's path; the reason.
  case unstorableKey(String)
  case badDigest(String)
  case invalidDigest
  case incompleteBody
  /// Neither Content-Length nor, in an `aws-chunked` body, `x-amz-decoded-content-length`.
  case missingContentLength
  /// Trailers that do not fit what the head announced.
  case malformedTrailer
  /// The object, or another body, is larger than S3 takes.
  case tooLarge(Int, limit: Int)
  /// The bodies that are being read are as many as the server holds.
  case slowDown
  case preconditionFailed(String)
  case invalidRange(String, size: Int)
  /// Something inside failed; the reason goes to the log alone.
  case server(String)

  /// The error for the wire, with the further elements that S3 gives.
  var error: AWSError {
    switch self {
    case .signature(let failure, let isPresigned): failure.s3Error(isPresigned: isPresigned)
    case .denied(let denial): AWSError("AccessDenied", status: 403, denial.quotedMessage)
    case .noBucket: AWSError("NoSuchBucket", status: 404, "The specified bucket does not exist")
    case .bucketNotEmpty:
      AWSError("BucketNotEmpty", status: 409, "The bucket you tried to delete is not empty")
    case .bucketExists:
      AWSError(
        "BucketAlreadyOwnedByYou", status: 409,
        "Your previous request to create the named bucket succeeded and you already own it.")
    case .location(let code, let message): AWSError(code, status: 400, message)
    case .malformedXML:
      AWSError(
        "MalformedXML", status: 400,
        "The XML you provided was not well-formed or did not validate against our published schema")
    case .noKey: AWSError("NoSuchKey", status: 404, "The specified key does not exist.")
    case .notImplemented:
      AWSError(
        "NotImplemented", status: 501,
        "A header you provided implies functionality that is not implemented.")
    case .methodNotAllowed:
      AWSError(
        "MethodNotAllowed", status: 405,
        "The specified method is not allowed against this resource.")
    case .noACLs:
      AWSError("AccessControlListNotSupported", status: 400, "The bucket does not allow ACLs")
    case .noBucketACLs:
      AWSError(
        "InvalidBucketAclWithObjectOwnership", status: 400,
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
    case .unexpectedOwner: AWSError("AccessDenied", status: 403, "Access Denied")
    case .invalidArgument(let message, _): AWSError("InvalidArgument", status: 400, message)
    case .invalidURI: AWSError("InvalidURI", status: 400, "Couldn't parse the specified URI.")
    case .invalidRequest(let message): AWSError("InvalidRequest", status: 400, message)
    case .invalidBucketName:
      AWSError("InvalidBucketName", status: 400, "The specified bucket is not valid.")
    case .keyTooLong: AWSError("KeyTooLongError", status: 400, "Your key is too long")
    case .unstorableKey(let reason):
      // Differs from AWS: objects are files, so a key must be a path.
      AWSError("InvalidArgument", status: 400, "This key cannot be kept in a folder: \(reason).")
    case .badDigest(let what):
      AWSError(
        "BadDigest", status: 400, "The \(what) you specified did not match what we received.")
    case .invalidDigest:
      AWSError("InvalidDigest", status: 400, "The Content-MD5 you specified was invalid.")
    case .incompleteBody:
      AWSError(
        "IncompleteBody", status: 400,
        "You did not provide the number of bytes specified by the Content-Length HTTP header")
    case .missingContentLength:
      AWSError(
        "MissingContentLength", status: 411, "You must provide the Content-Length HTTP header.")
    case .malformedTrailer:
      AWSError(
        "MalformedTrailerError", status: 400,
        "The request contained trailing data that was not well-formed or did not conform to our "
          + "published schema.")
    case .tooLarge:
      AWSError(
        "EntityTooLarge", status: 400, "Your proposed upload exceeds the maximum allowed size")
    case .slowDown: AWSError("SlowDown", status: 503, "Please reduce your request rate.")
    case .preconditionFailed:
      AWSError(
        "PreconditionFailed", status: 412,
        "At least one of the pre-conditions you specified did not hold")
    case .invalidRange:
      AWSError("InvalidRange", status: 416, "The requested range is not satisfiable")
    case .server:
      AWSError(
        "InternalError", status: 500, "We encountered an internal error. Please try again.")
    }
  }

  /// Further elements of the error.
  var members: [(String, String)] {
    switch self {
    case .signature(.wrongSignature(let canonical, let toSign), _):
      [
        ("StringToSign", SigV4Failure.echo(toSign)),
        ("CanonicalRequest", SigV4Failure.echo(canonical)),
      ]
    case .signature(.unsignedFields(let names), _):
      [("HeadersNotSigned", SigV4Failure.echo(names.joined(separator: ", ")))]
    case .signature(.wrongRegion(let expected, _), _): [("Region", expected)]
    case .signature(.severalSignatures, _): [("ArgumentName", "Authorization")]
    case .tooLarge(let size, let limit):
      [("ProposedSize", "\(size)"), ("MaxSizeAllowed", "\(limit)")]
    case .noBucket(let name), .invalidBucketName(let name), .bucketNotEmpty(let name),
      .bucketExists(let name):
      [("BucketName", name)]
    case .noKey(let key): [("Key", key)]
    case .invalidArgument(_, let name): [("ArgumentName", name)]
    case .preconditionFailed(let condition): [("Condition", condition)]
    case .invalidRange(let range, let size):
      [("RangeRequested", range), ("ActualObjectSize", "\(size)")]
    default: []
    }
  }

  /// The refusal, with what the operator is told besides.
  var refusal: Refusal {
    var refusal = Refusal(error, check: check, reason: reason)
    refusal.members = members
    return refusal
  }

  /// The check that failed, for the event log.
  var check: Event.Check {
    switch self {
    case .signature: .authentication
    case .denied(let denial): denial.check
    case .noBucket, .bucketNotEmpty, .bucketExists, .location, .unexpectedOwner: .bucket
    case .noKey: .key
    case .server: .server
    default: .request
    }
  }

  /// The reason for the operator.
  var reason: String {
    switch self {
    case .signature(let failure, _): failure.reason
    case .denied(let denial): denial.reason
    case .noBucket(let name): "There is no bucket \(name) below the folder of --buckets."
    case .noKey(let key): "There is no object \(key)."
    case .unexpectedOwner(let account):
      "The caller expects the bucket to be of account \(account) (x-amz-expected-bucket-owner)."
    case .notImplemented(let what): "\(what) is not among the operations of this S3."
    case .server(let reason): reason
    default: error.message
    }
  }

  /// The failure of the system call that has just failed.
  static func system(_ what: String) -> S3Failure {
    if errno == EMFILE || errno == ENFILE { return .slowDown }
    return .server("\(what): \(String(cString: strerror(errno)))")
  }
}
