import AWSDoor
import AWSWire
import PodIdentity

/// Why an operation of EKS is refused; the one place with EKS's codes and texts.
enum EKSFailure: Sendable {
  case noCluster(String)
  case noAssociation(String, cluster: String)
  case associationExists(String)
  case tooManyAssociations
  case associationIDLength
  case roleMissing
  case trustInvalid(reason: String)
  case invalidParameter(String)
  case invalidRequest(String)
  case noTaggedResource(String)
  case badTagRequest(String)
  /// The store failed; the reason goes to the log alone.
  case server(String)

  /// The error as it goes over the wire.
  var error: AWSError {
    switch self {
    case .noCluster(let name):
      Self.sender("ResourceNotFoundException", 404, "No cluster found for name: \(name).")
    case .noAssociation(let id, let cluster):
      Self.sender(
        "ResourceNotFoundException", 404,
        "No pod identity association found for id: \(id) in cluster: \(cluster).")
    case .associationExists(let id):
      Self.sender("ResourceInUseException", 409, "Association already exists: \(id)")
    case .tooManyAssociations:
      Self.sender(
        "ResourceLimitExceededException", 400,
        "The cluster has reached its limit of 5000 pod identity associations.")
    case .associationIDLength:
      Self.sender(
        "InvalidParameterException", 400,
        "The parameter associationId should be 19 characters long.")
    case .roleMissing:
      Self.sender(
        "InvalidParameterException", 400, "Role provided in the request does not exist.")
    case .trustInvalid:
      Self.sender(
        "InvalidParameterException", 400, "Trust policy of the role provided is invalid.")
    case .invalidParameter(let message):
      Self.sender("InvalidParameterException", 400, message)
    case .invalidRequest(let message): Self.sender("InvalidRequestException", 400, message)
    case .noTaggedResource(let arn):
      Self.sender("NotFoundException", 404, "Resource not found: \(arn)")
    case .badTagRequest(let message): Self.sender("BadRequestException", 400, message)
    case .server:
      AWSError("ServerException", status: 500, "The service met an internal error.")
    }
  }

  /// The refusal, with what the operator is told besides.
  var refusal: Refusal {
    switch self {
    case .trustInvalid(let reason): Refusal(error, check: .trustPolicy, reason: reason)
    case .roleMissing: Refusal(error, check: .role)
    case .server(let reason): Refusal(error, check: .store, reason: reason)
    default: Refusal(error)
    }
  }

  private static func sender(_ code: String, _ status: Int, _ message: String) -> AWSError {
    AWSError(code, status: status, message)
  }
}
