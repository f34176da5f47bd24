import CommandCore
import Cryptography
import JSON
import Platform
import PodIdentity

/// What of a token anybody may see: its header and claims, and what they mean here.
struct TokenReport: Sendable {
  let header: JSON
  let claims: JSON
  /// The issuer whose tokens the stack takes; nil where it does not say.
  private let issuer: String?
  private let now: Instant

  /// Reads a token; `now` is the time of the stack's clock.
  /// - Throws: where the text is no token; nothing of it is told.
  init(_ text: String, issuer: String?, now: Instant) throws(CommandFailure) {
    guard let token = try? JWT(compact: text) else {
      throw CommandFailure("the file does not hold a token")
    }
    header = token.header
    claims = token.claims
    self.issuer = issuer
    self.now = now
  }

  private func time(_ name: String) -> Instant? {
    claims[name]?.double.flatMap(Instant.init(fractionalSeconds:))
  }

  private var audiences: [String] { JWT.audiences(in: claims) }

  /// How long the token still lasts, in seconds; below zero where it has expired.
  private var secondsLeft: Int64? { time("exp").map { ($0 - now).components.seconds } }

  /// Why no credentials are given for the token; nil where there is no reason.
  ///
  /// In the order of the checks, but for the signature: the agent's own, then those of EKS Auth.
  var objection: String? {
    if let expires = time("exp"), now >= expires { return "the agent: it has expired" }
    if let notBefore = time("nbf"), now < notBefore { return "the agent: it is not valid yet" }
    guard time("exp") != nil else { return "EKS Auth: it never expires" }
    let names = claims["kubernetes.io"]
    let account =
      "system:serviceaccount:\(names?["namespace"]?.string ?? ""):"
      + (names?.at("serviceaccount", "name")?.string ?? "")
    guard claims["sub"]?.string?.bytes == account.bytes else {
      return "EKS Auth: its subject is not the ServiceAccount that it names"
    }
    let pod = names?["pod"]
    guard pod?["name"]?.string?.isEmpty == false, pod?["uid"]?.string?.isEmpty == false else {
      return "EKS Auth: it is bound to no pod"
    }
    if let issuer, claims["iss"]?.string?.bytes != issuer.bytes {
      return "EKS Auth: its issuer is not \(issuer)"
    }
    return audiences.contains(PodIdentityService.name.bytes)
      ? nil : "EKS Auth: its audience is not \(PodIdentityService.name)"
  }

  /// A line for each fact.
  var lines: [PrintedLine] {
    let facts: [(name: String, value: String)] = [
      ("issuer", claims["iss"]?.string ?? "none"), ("subject", claims["sub"]?.string ?? "none"),
      ("audience", audiences.isEmpty ? "none" : audiences.joined(separator: ", ")),
      ("pod", bound("pod")), ("ServiceAccount", bound("serviceaccount")), ("expires", expiry),
      ("credentials", objection.map { "refused by \($0)" } ?? "given for it"),
    ]
    return facts.map { fact in
      let space = String(repeating: " ", count: 17 - fact.name.utf8.count)
      return "\(fact.name)\(space)\(fact.value)"
    }
  }

  /// All of it for a program.
  var json: JSON {
    [
      "header": header, "claims": claims, "secondsLeft": secondsLeft.map { .integer($0) } ?? .null,
      "accepted": .bool(objection == nil), "reason": objection.map { .string($0) } ?? .null,
    ]
  }

  /// An object that the token is bound to.
  private func bound(_ member: String) -> String {
    guard let object = claims.at("kubernetes.io", member), let name = object["name"]?.string else {
      return "none"
    }
    let namespace = claims.at("kubernetes.io", "namespace")?.string ?? ""
    return "\(namespace)/\(name) (uid \(object["uid"]?.string ?? "none"))"
  }

  private var expiry: String {
    guard let expires = time("exp"), let seconds = secondsLeft else { return "never" }
    let span = Duration.seconds(seconds.magnitude).text
    return "\(expires.rfc3339), \(now < expires ? "in \(span)" : "\(span) ago")"
  }
}

extension Duration {
  /// The duration as flags take it, such as `23h59m58s`; whole seconds.
  fileprivate var text: String {
    let seconds = components.seconds
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
    let shown = parts.drop { $0.0 == 0 && $0.1.bytes != "s" }
    return shown.map { "\($0.0)\($0.1)" }.joined()
  }
}
