package import AWSWire
import Cryptography
package import HTTP
package import Platform

/// Finds out who signed a request; every service asks here.
package struct Authenticator: Sendable {
  /// A verified signature.
  package struct Authentication: Sendable {
    package let caller: Caller
    package let authorization: SigV4Authorization
    /// What the caller signs with: S3's streamed bodies carry a signature a chunk.
    package let secretAccessKey: String
  }

  private let account: AWSAccount
  private let root: RootCredentials
  private let sessions: SessionSealer
  private let acceptsUnknownKeys: Bool
  private let machineClock: any WallClock
  private let clock: any WallClock

  /// An authenticator.
  ///
  /// `machineClock` is what the dates of signatures are held against.
  /// `clock` is what the expiry of credentials is held against; an operator may move it.
  package init(
    account: AWSAccount, root: RootCredentials, sessions: SessionSealer,
    acceptsUnknownKeys: Bool = false, machineClock: any WallClock, clock: any WallClock
  ) {
    self.account = account
    self.root = root
    self.sessions = sessions
    self.acceptsUnknownKeys = acceptsUnknownKeys
    self.machineClock = machineClock
    self.clock = clock
  }

  /// Verifies a request's signature.
  ///
  /// `payloadHash` is what the canonical request ends with where that is not the body's
  ///   digest.
  package func authenticate(
    _ request: HTTPRequest, service: AWSService, payloadHash: String? = nil
  ) throws(SigV4Failure) -> Authentication {
    let authorization = try SigV4Authorization(request)
    let id = authorization.accessKeyID
    let caller: Caller
    let secret: String
    if let token = authorization.sessionToken {
      guard let session = sessions.open(token, accessKeyID: id) else { throw .malformedToken }
      caller = .session(session, of: account, accessKeyID: id)
      secret = sessions.secret(of: id)
    } else if id == root.accessKeyID {
      caller = .root(of: account, accessKeyID: id)
      secret = root.secretAccessKey
    } else if acceptsUnknownKeys {
      // Without its secret there is nothing to verify.
      return Authentication(
        caller: .root(of: account, accessKeyID: id), authorization: authorization,
        secretAccessKey: "")
    } else {
      throw .unknownKey
    }
    try authorization.verify(
      request, secret: secret, service: service.rawValue,
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

  /// Who signed a request, or the refusal in the service's words.
  func caller(of request: HTTPRequest, service: AWSService) throws(Refusal) -> Caller {
    do throws(SigV4Failure) {
      // No REST service here presigns: what a link could carry is no signature.
      guard service.speaksQuery || request.headers["Authorization"] != nil else { throw .missing }
      return try authenticate(request, service: service).caller
    } catch {
      throw Refusal(
        error.error(service.speaksQuery ? .query : .restJSON), check: "authentication",
        reason: error.reason)
    }
  }
}

extension SigV4Failure {
  /// The reason for the operator, in a sentence.
  package var reason: String {
    switch self {
    case .missing: "The request is not signed."
    case .incomplete(let text): text
    case .unknownKey: "The access key id is not known here."
    case .malformedToken:
      "The session token was not issued here, or not with this access key id."
    case .wrongSignature: "The signature is not the one that the secret access key makes."
    case .wrongScope(let service, let given, let isDate):
      isDate
        ? "The credential scope's date \(given.date) is not the request's."
        : "The request is signed for the service \(given.service), not for \(service)."
    case .expired(let time, let now), .notYetCurrent(let time, let now):
      "The request was signed at \(time.rfc3339), and it is \(now.rfc3339)."
    case .presignExpired: "The presigned request is past its time."
    case .sessionExpired: "The session's credentials are past their time."
    case .wrongPayload: "The body is not what its announced digest says."
    }
  }
}
