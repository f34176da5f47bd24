import AWSDoor
import AWSWire
import PodIdentity

/// Why an operation of IAM is refused; the one place with IAM's codes and texts.
enum IAMFailure: Sendable {
  case validation(String)
  case noRole(String)
  case roleExists(String)
  case noRolePolicy(String)
  case roleHasPolicies
  case malformedPolicy(String)
  case duplicateTagKeys
  case noPolicy(arn: String)
  case policyTooLong(quota: String, limit: Int)
  /// A role's inline policies are too long together.
  case rolePoliciesTooLong(role: String, limit: Int)
  case tooManyTags
  case invalidProviderURL
  case providerExists(url: String)
  case tooManyThumbprints
  case tooManyClientIDs
  case noProvider(arn: String)
  case noProviderToDelete(arn: String)
  case invalidARN(String)
  case invalidMarker
  /// The store failed; the reason goes to the log alone.
  case service(String)

  /// The error as it goes over the wire.
  var error: AWSError {
    switch self {
    case .validation(let message): Self.sender("ValidationError", 400, message)
    case .noRole(let name):
      Self.sender("NoSuchEntity", 404, "The role with name \(name) cannot be found.")
    case .roleExists(let name):
      Self.sender("EntityAlreadyExists", 409, "Role with name \(name) already exists.")
    case .noRolePolicy(let name):
      Self.sender("NoSuchEntity", 404, "The role policy with name \(name) cannot be found.")
    case .roleHasPolicies:
      Self.sender("DeleteConflict", 409, "Cannot delete entity, must delete policies first.")
    case .malformedPolicy(let message): Self.sender("MalformedPolicyDocument", 400, message)
    case .duplicateTagKeys:
      Self.sender(
        "InvalidInput", 400,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    case .noPolicy(let arn):
      Self.sender("NoSuchEntity", 404, "Scope ARN: \(arn) does not exist or is not attachable.")
    case .policyTooLong(let quota, let limit):
      Self.sender("LimitExceeded", 409, "Cannot exceed quota for \(quota): \(limit)")
    case .rolePoliciesTooLong(let role, let limit):
      Self.sender(
        "LimitExceeded", 409,
        "Maximum policy size of \(limit) bytes exceeded for role \(role)")
    case .tooManyTags:
      Self.sender(
        "LimitExceeded", 409, "The number of tags has reached the maximum limit.")
    case .invalidProviderURL:
      Self.sender("ValidationError", 400, "Invalid Open ID Connect Provider URL")
    case .providerExists(let url):
      Self.sender("EntityAlreadyExists", 409, "Provider with url \(url) already exists.")
    case .tooManyThumbprints:
      Self.sender("InvalidInput", 400, "Thumbprint list must contain fewer than 5 entries.")
    case .tooManyClientIDs:
      Self.sender(
        "LimitExceeded", 409, "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100")
    case .noProvider(let arn):
      Self.sender("NoSuchEntity", 404, "OpenIDConnect Provider not found for arn \(arn)")
    case .noProviderToDelete(let arn):
      Self.sender("NoSuchEntity", 404, "OpenId connect Provider \(arn) cannot be found.")
    case .invalidARN(let arn): Self.sender("InvalidInput", 400, "ARN \(arn) is not valid.")
    case .invalidMarker: Self.sender("ValidationError", 400, "Invalid marker.")
    case .service:
      AWSError("ServiceFailure", status: 500, "The service met an internal error.")
    }
  }

  /// The refusal, with what the operator is told besides.
  var refusal: Refusal {
    switch self {
    case .service(let reason): Refusal(error, check: .store, reason: reason)
    default: Refusal(error)
    }
  }

  private static func sender(_ code: String, _ status: Int, _ message: String) -> AWSError {
    AWSError(code, status: status, message)
  }
}
