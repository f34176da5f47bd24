import Cryptography
import JSON
import Platform

/// The claims of a ServiceAccount's token, as kube-apiserver writes them.
struct ServiceAccountClaims: Sendable {
  /// An object that a token names.
  struct Reference: Sendable {
    var name: String
    var uid: String

    /// A reference of these parts.
    init(name: String, uid: String) {
      self.name = name
      self.uid = uid
    }

    init?(_ json: JSON?) {
      guard let name = json?["name"]?.string else { return nil }
      self.init(name: name, uid: json?["uid"]?.string ?? "")
    }

    var json: JSON {
      // A node that nobody registered has a name alone.
      uid.isEmpty ? ["name": .string(name)] : ["name": .string(name), "uid": .string(uid)]
    }
  }

  var audiences: [String]
  /// Seconds since the epoch, as are the other times; absent ones are not judged.
  var expiry: Int64?
  var issuedAt: Int64?
  var notBefore: Int64?
  var issuer: String
  var id: String?
  var namespace: String
  var account: Reference
  var pod: Reference?
  var secret: Reference?
  var node: Reference?
  /// When an extended token's user should have asked for a new one.
  var warnAfter: Int64?

  /// The user name of the account.
  var username: String { "system:serviceaccount:\(namespace):\(account.name)" }

  /// The claims in the order upstream writes them; `aud` is always a list.
  var json: JSON {
    var kubernetes: JSONObject = ["namespace": .string(namespace)]
    kubernetes["node"] = node?.json
    kubernetes["pod"] = pod?.json
    kubernetes["secret"] = secret?.json
    kubernetes["serviceaccount"] = account.json
    kubernetes["warnafter"] = warnAfter.map(JSON.integer)
    var claims: JSONObject = ["aud": .strings(audiences)]
    claims["exp"] = expiry.map(JSON.integer)
    claims["iat"] = issuedAt.map(JSON.integer)
    claims["iss"] = .string(issuer)
    claims["jti"] = id.map(JSON.string)
    claims["kubernetes.io"] = .object(kubernetes)
    claims["nbf"] = notBefore.map(JSON.integer)
    claims["sub"] = .string(username)
    return .object(claims)
  }
}

extension ServiceAccountClaims {
  /// Reads the claims of a token; nil where they name no ServiceAccount.
  ///
  /// `aud` may be one string; `sub` is not looked at.
  init?(json: JSON) {
    guard let issuer = json["iss"]?.string, let kubernetes = json["kubernetes.io"],
      let namespace = kubernetes["namespace"]?.string,
      let account = Reference(kubernetes["serviceaccount"])
    else { return nil }
    self.init(
      audiences: JWT.audiences(in: json),
      expiry: Self.time(json["exp"]), issuedAt: Self.time(json["iat"]),
      notBefore: Self.time(json["nbf"]), issuer: issuer, id: json["jti"]?.string,
      namespace: namespace, account: account, pod: Reference(kubernetes["pod"]),
      secret: Reference(kubernetes["secret"]), node: Reference(kubernetes["node"]),
      warnAfter: Self.time(kubernetes["warnafter"]))
  }

  /// Refuses claims whose times are not numbers, or not such as count seconds.
  ///
  /// `null` is as absent to go-jose, and so it is here.
  static func checkTimes(of json: JSON) throws(TokenRefusal) {
    let times =
      ["exp", "iat", "nbf"].map { json[$0] } + [json.at("kubernetes.io", "warnafter")]
    for value in times {
      guard let value, !value.isNull else { continue }
      if time(value) == nil { throw .numericDate }
    }
  }

  /// A numeric date (RFC 7519 section 2), which may have a fraction.
  private static func time(_ json: JSON?) -> Int64? {
    json?.integer ?? json?.double.flatMap { Int64(exactly: $0.rounded(.down)) }
  }
}
