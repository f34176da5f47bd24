import AWSDoor
import AWSWire
import Platform
import PodIdentity

/// Why EKS Auth issues no credentials; the one place with its codes and texts.
enum EKSAuthFailure: Error, Sendable {
  case invalidParameter(String)
  case unknownCluster(String)
  case token(TokenRefusal)
  case keysUnavailable(String)
  case noAssociation(Workload)
  case roleMissing(String)
  /// A policy does not let the role be assumed; the check and the reason.
  case notAssumable(check: Event.Check, reason: String)
  /// Something inside failed; the reason goes to the log alone.
  case server(String)

  /// The error as it goes over the wire.
  var error: AWSError {
    switch self {
    case .invalidParameter(let message):
      Self.sender("InvalidParameterException", 400, message)
    case .unknownCluster(let name):
      Self.sender("ResourceNotFoundException", 404, "No cluster found for name: \(name).")
    case .token(.expired(let end, let now)):
      Self.sender(
        "ExpiredTokenException", 400,
        "The token included in the request is expired: current date/time \(now.rfc3339Nano) "
          + "must be before the expiration date/time \(end.rfc3339).")
    case .token(let refusal):
      Self.sender(
        "InvalidTokenException", 400,
        "The token included in the request is invalid: \(refusal.summary).")
    case .keysUnavailable:
      AWSError(
        "ServiceUnavailableException", status: 503,
        "The keys of the cluster's issuer could not be fetched.")
    case .noAssociation:
      Self.sender(
        "ResourceNotFoundException", 404,
        "The token included in the request has no service account role association for it.")
    case .roleMissing, .notAssumable:
      // One text for every cause, as AWS has it; the event log tells them apart.
      Self.sender(
        "AccessDeniedException", 400,
        "Unauthorized Exception! EKS does not have permissions to assume the associated role.")
    case .server:
      AWSError("InternalServerException", status: 500, "The service met an internal error.")
    }
  }

  /// The refusal, with what the operator is told besides.
  var refusal: Refusal { Refusal(error, check: check, reason: reason) }

  private var check: Event.Check {
    switch self {
    case .invalidParameter: .request
    case .unknownCluster: .cluster
    case .token(let refusal): refusal.check
    case .keysUnavailable: .tokenKeys
    case .noAssociation: .association
    case .roleMissing: .role
    case .notAssumable(let check, _): check
    case .server: .server
    }
  }

  private var reason: String {
    switch self {
    case .invalidParameter(let message): message
    case .unknownCluster(let name):
      "No cluster named \(name) was given with --cluster."
    case .token(let refusal): refusal.reason
    case .keysUnavailable(let reason):
      "The token cannot be verified, because the cluster's keys are not to be had: \(reason)."
    case .noAssociation(let workload):
      "No pod identity association exists for ServiceAccount "
        + "\(workload.namespace)/\(workload.serviceAccount) in cluster \(workload.cluster)."
    case .roleMissing(let arn): "The role \(arn) does not exist in this account."
    case .notAssumable(_, let reason), .server(let reason): reason
    }
  }

  private static func sender(_ code: String, _ status: Int, _ message: String) -> AWSError {
    AWSError(code, status: status, message)
  }
}

extension TokenRefusal {
  /// The check that failed.
  var check: Event.Check {
    switch self {
    case .malformed: .tokenFormat
    case .signature: .tokenSignature
    case .claimMissing, .noPod: .tokenClaims
    case .issuer: .tokenIssuer
    case .audience: .tokenAudience
    case .notYetValid: .tokenNotBefore
    case .expired: .tokenExpiry
    }
  }

  /// What the caller is told.
  fileprivate var summary: String {
    switch self {
    case .malformed: "it is not a JSON web token"
    case .signature: "its signature was not made by a key of the cluster"
    case .claimMissing(let claim): "the claim \(claim) is missing or wrong"
    case .noPod: "it is not bound to a pod"
    case .issuer: "its issuer is not that of the cluster"
    case .audience: "its audience must be \(PodToken.audience)"
    case .notYetValid: "it is not valid yet"
    case .expired: "it is expired"
    }
  }

  /// What the operator is told.
  fileprivate var reason: String {
    switch self {
    case .malformed(let reason): "The token is not a JSON web token: \(reason)."
    case .signature(let reason): "The token's signature does not verify: \(reason)."
    case .claimMissing(let claim): "The token has no usable claim \(claim)."
    case .noPod(let namespace, let serviceAccount):
      "The token of \(namespace)/\(serviceAccount) is bound to no pod; Pod Identity needs a token "
        + "that was requested for a pod."
    case .issuer(let issuer, let expected):
      "The token was issued by \(issuer), but the cluster's issuer is \(expected)."
    case .audience(let audiences):
      "The token is for \(audiences.joined(separator: ", ")), not for \(PodToken.audience)."
    case .notYetValid(let start, let now):
      "The token is valid from \(start.rfc3339), and it is \(now.rfc3339)."
    case .expired(let end, let now):
      "The token expired at \(end.rfc3339), and it is \(now.rfc3339)."
    }
  }
}
