package import AWSWire
import Cryptography
package import HTTP
import JSON
package import Platform
package import PodIdentity

/// Finds out who signed a request; every service asks here.
package struct Authenticator: Sendable {
  /// A verified signature.
  package struct Authentication: Sendable {
    package let caller: Caller
    package let authorization: SigV4Authorization
    /// What the caller signs with: a streamed body can carry a signature a chunk.
    ///
    /// Nil where signatures are not verified.
    package let secretAccessKey: String?
  }

  /// The account whose callers they are.
  package let account: AWSAccount
  private let keys: LongTermKeys
  private let sessions: SessionSealer
  private let acceptsUnknownKeys: Bool
  private let machineClock: any WallClock
  private let clock: any WallClock

  /// An authenticator.
  ///
  /// `machineClock` is what the dates of signatures are held against.
  /// `clock` is what the expiry of credentials is held against; an operator may move it.
  package init(
    account: AWSAccount, keys: LongTermKeys, sessions: SessionSealer,
    acceptsUnknownKeys: Bool = false, machineClock: any WallClock, clock: any WallClock
  ) {
    self.account = account
    self.keys = keys
    self.sessions = sessions
    self.acceptsUnknownKeys = acceptsUnknownKeys
    self.machineClock = machineClock
    self.clock = clock
  }

  /// Verifies a request's signature.
  ///
  /// `payloadHash` is what the canonical request ends with where that is not the body's digest.
  /// With a `region`, a signature for any other is refused.
  package func authenticate(
    _ request: HTTPRequest, service: AWSService, region: String? = nil, payloadHash: String? = nil
  ) throws(SigV4Failure) -> Authentication {
    let authorization = try SigV4Authorization(request)
    let id = authorization.accessKeyID
    let caller: Caller
    let secret: String
    if let token = authorization.sessionToken {
      guard let session = sessions.open(token, accessKeyID: id) else { throw .malformedToken }
      caller = .session(session, of: account, accessKeyID: id)
      secret = sessions.secret(of: id)
    } else if let (owner, known) = keys.find(id) {
      switch owner {
      case .root: caller = .root(of: account, accessKeyID: id)
      case .service(let user): caller = .service(user, of: account, accessKeyID: id)
      }
      secret = known
    } else if acceptsUnknownKeys {
      // Without its secret there is nothing to verify.
      return Authentication(
        caller: .root(of: account, accessKeyID: id), authorization: authorization,
        secretAccessKey: nil)
    } else {
      throw .unknownKey
    }
    try authorization.verify(
      request, secret: secret, service: service.signingName, region: region,
      payloadHash: payloadHash ?? SHA256.hex(request.body), now: machineClock.now)
    if let session = caller.session, session.expires <= clock.now { throw .sessionExpired }
    return Authentication(
      caller: caller, authorization: authorization, secretAccessKey: secret)
  }

  /// Whose session a refused request carries, expired or wrongly signed: for the event alone.
  func subject(of request: HTTPRequest) -> EventSubject {
    guard let authorization = try? SigV4Authorization(request),
      let token = authorization.sessionToken,
      let session = sessions.open(token, accessKeyID: authorization.accessKeyID)
    else { return EventSubject() }
    return Caller.session(session, of: account, accessKeyID: authorization.accessKeyID).subject
  }

  /// Who signed a request, or the refusal in a protocol's words; a presigned link counts as a
  /// signature where `takesLinks` says so.
  package func authenticate(
    _ request: HTTPRequest, to service: AWSService, style: AWSProtocol, takesLinks: Bool = true
  ) throws(Refusal) -> Authentication {
    do throws(SigV4Failure) {
      guard takesLinks || request.headers["Authorization"] != nil else { throw .missing }
      return try authenticate(request, service: service)
    } catch {
      throw Refusal(error.error(style), check: .authentication, reason: error.reason)
    }
  }
}

extension SigV4Failure {
  /// The reason for the operator, in a sentence.
  package var reason: String {
    switch self {
    case .missing: "The request is not signed."
    case .incomplete(let text), .signedHeaders(let text): text
    case .missingParameters: "The presigned request has not all parameters of a signature."
    case .severalSignatures: "The request is signed more than once."
    case .unsignedFields(let names):
      "The signature does not cover \(SigV4Failure.echo(names.joined(separator: ", ")))."
    case .wrongRegion(let expected, let given):
      "The request is signed for the region \(SigV4Failure.echo(given)), not for \(expected)."
    case .unknownKey: "The access key id is not known here."
    case .malformedToken:
      "The session token was not issued here, or not with this access key id."
    case .wrongSignature: "The signature is not the one that the secret access key makes."
    case .wrongScope(let service, let given, let isDate):
      isDate
        ? "The credential scope's date \(SigV4Failure.echo(given.date)) is not the request's."
        : "The request is signed for the service \(SigV4Failure.echo(given.service)), not for "
          + "\(service)."
    case .expired(let time, let now), .notYetCurrent(let time, let now):
      "The request was signed at \(time.rfc3339), and it is \(now.rfc3339)."
    case .presignExpired: "The presigned request is past its time."
    case .sessionExpired: "The session's credentials are past their time."
    case .wrongPayload: "The body is not what its announced digest says."
    }
  }
}
