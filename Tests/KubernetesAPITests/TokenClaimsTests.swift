import Cryptography
import JSON
import Platform
import Testing

@testable import KubernetesAPI

@Suite struct TokenClaimsTests {
  private let now: Int64 = 1_795_500_000

  private func claims() -> ServiceAccountClaims {
    ServiceAccountClaims(
      audiences: ["pods.eks.amazonaws.com"], expiry: now + 3600, issuedAt: now, notBefore: now,
      issuer: "https://127.0.0.1:4576", id: "j", namespace: "default",
      account: .init(name: "app", uid: "sa-uid"), pod: .init(name: "p", uid: "pod-uid"),
      node: .init(name: "local-node", uid: ""), warnAfter: nil)
  }

  @Test("writes the claims in upstream's order")
  func order() {
    let expected =
      #"{"aud":["pods.eks.amazonaws.com"],"exp":1795503600,"iat":1795500000,"#
      + #""iss":"https://127.0.0.1:4576","jti":"j","kubernetes.io":{"namespace":"default","#
      + #""node":{"name":"local-node"},"pod":{"name":"p","uid":"pod-uid"},"#
      + #""serviceaccount":{"name":"app","uid":"sa-uid"}},"nbf":1795500000,"#
      + #""sub":"system:serviceaccount:default:app"}"#
    #expect(claims().json.text() == expected)
    #expect(ServiceAccountClaims(json: claims().json) == claims())
  }

  @Test("signs with a key id of either format, and no typ")
  func header() throws {
    let key = try PrivateKey.generate(.rsa2048)
    for (format, count) in [(KeyIDFormat.eks, 40), (.kubernetes, 43)] {
      let signer = TokenKey(key, format: format)
      let token = try JWT(compact: signer.sign(claims().json))
      #expect(signer.id.utf8.count == count)
      #expect(token.header.text() == #"{"alg":"RS256","kid":"\#(signer.id)"}"#)
      try JWKS(json: JSON.parse(signer.jwks)).verify(token)
      // A change of the format must not refuse the tokens of before.
      for other in KeyIDFormat.allCases { try TokenKey(key, format: other).verify(token) }
    }
  }

  @Test("refuses other keys, key ids, algorithms and changed claims")
  func signatures() throws {
    let key = try PrivateKey.generate(.p256)
    let signer = TokenKey(key, format: .eks)
    let other = TokenKey(try PrivateKey.generate(.p256), format: .eks)
    let token = try signer.sign(claims().json)
    #expect(throws: TokenRefusal.unknownKey) { try other.verify(JWT(compact: token)) }
    let noID = try JWT(compact: JWT.signed(header: ["alg": "ES256"], claims: [:], by: key))
    try signer.verify(noID)
    #expect(throws: TokenRefusal.badSignature) { try other.verify(noID) }
    for algorithm in ["none", "HS256", "RS256"] {
      let header: JSON = ["alg": .string(algorithm), "kid": .string(signer.id)]
      let forged = try JWT(compact: JWT.signed(header: header, claims: [:], by: key))
      #expect(throws: TokenRefusal.badSignature) { try signer.verify(forged) }
    }
    var changed = claims()
    changed.namespace = "kube-system"
    let parts = token.split(separator: ".")
    let forged = "\(parts[0]).\(Base64.encodeURL(changed.json.bytes())).\(parts[2])"
    #expect(throws: TokenRefusal.badSignature) { try signer.verify(JWT(compact: forged)) }
  }

  @Test(
    "grants a minute to clocks that differ",
    arguments: [
      (-61, TokenRefusal.notYetValid), (-60, nil), (0, nil), (3600, nil), (3660, nil),
      (3661, .expired),
    ] as [(Int64, TokenRefusal?)])
  func times(offset: Int64, expected: TokenRefusal?) {
    #expect(refusal(claims(), at: offset) == expected)
  }

  private func refusal(_ claims: ServiceAccountClaims, at offset: Int64) -> TokenRefusal? {
    do throws(TokenRefusal) {
      try claims.checkTimes(now: Instant(seconds: now + offset))
      return nil
    } catch { return error }
  }

  @Test("judges only the times that are there")
  func absentTimes() {
    var claims = claims()
    claims.notBefore = nil
    #expect(refusal(claims, at: -61) == .issuedInFuture)
    claims.issuedAt = nil
    claims.expiry = nil
    #expect(refusal(claims, at: -61) == .endless)
  }

  @Test(
    "times at the limits of numbers are judged, not wrapped around",
    arguments: [
      (.max, nil, nil), (.min, nil, .expired), (nil, .max, .notYetValid), (nil, .min, nil),
      (.max, .min, nil),
    ] as [(Int64?, Int64?, TokenRefusal?)])
  func extremes(expiry: Int64?, notBefore: Int64?, expected: TokenRefusal?) {
    var claims = claims()
    claims.expiry = expiry ?? claims.expiry
    claims.notBefore = notBefore ?? claims.notBefore
    claims.issuedAt = nil
    #expect(refusal(claims, at: 0) == expected)
  }

  @Test(
    "times that are no numbers are refused",
    arguments: [
      #"{"exp":"1800000000"}"#, #"{"nbf":"0"}"#, #"{"nbf":1e300}"#, #"{"exp":1e300}"#,
      #"{"iat":[1]}"#, #"{"exp":true}"#, #"{"nbf":{}}"#, #"{"exp":""}"#, #"{"nbf":1e400}"#,
      #"{"nbf":"NaN"}"#, #"{"kubernetes.io":{"warnafter":"1"}}"#,
    ])
  func notNumbers(text: String) throws {
    let json = try JSON.parse(text)
    #expect(throws: TokenRefusal.numericDate) { try ServiceAccountClaims.checkTimes(of: json) }
  }

  @Test(
    "times that are numbers, or absent, are not",
    arguments: [
      "{}", #"{"exp":1,"nbf":-1,"iat":1.5}"#, #"{"nbf":null}"#,
      #"{"exp":9223372036854775807}"#,
    ])
  func numbers(text: String) throws {
    try ServiceAccountClaims.checkTimes(of: try JSON.parse(text))
  }

  @Test("reads an audience that is one string, and times with fractions")
  func lenient() throws {
    let json = try JSON.parse(
      #"""
      {"aud":"one","exp":1.9e1,"iss":"i",
       "kubernetes.io":{"namespace":"n","serviceaccount":{"name":"a","uid":"u"}}}
      """#)
    let claims = try #require(ServiceAccountClaims(json: json))
    #expect(claims.audiences == ["one"])
    #expect(claims.expiry == 19)
    #expect(ServiceAccountClaims(json: ["iss": "i"]) == nil)
  }

  @Test(
    "says what TokenReview says",
    arguments: [
      (.foreign, "invalid bearer token"),
      (
        .audience(token: ["a", "b"], wanted: ["x"]),
        #"[invalid bearer token, token audiences ["a" "b"] is invalid for the target audiences ["x"]]"#
      ),
      (.accountMissing("app"), #"[invalid bearer token, serviceaccounts "app" not found]"#),
      (
        .podReplaced(uid: "REAL", claim: "bad"),
        "[invalid bearer token, pod UID (REAL) does not match service account pod ref claim (bad)]"
      ),
    ] as [(TokenRefusal, String)])
  func texts(refusal: TokenRefusal, text: String) { #expect(refusal.reviewText == text) }

  @Test(
    "grants what was asked, at most a day, and a year to the kubelet's API tokens",
    arguments: [
      (3600, true, true, 3600, 3600), (86_400, true, false, 86_400, 86_400),
      (86_401, false, true, 86_400, 86_400), (3607, true, true, 3607, 31_536_000),
      (3607, false, true, 3607, 3607), (3607, true, false, 3607, 3607),
    ] as [(Int64, Bool, Bool, Int64, Int64)])
  func lifetimes(asked: Int64, isBound: Bool, isOwn: Bool, shown: Int64, real: Int64) {
    let lifetime = TokenLifetime(requested: asked, isPodBound: isBound, isForThisServer: isOwn)
    #expect(lifetime.seconds == shown)
    #expect(lifetime.tokenSeconds == real)
    #expect(
      lifetime.warning
        == (asked > 86_400
          ? "requested expiration of \(asked) seconds shortened to 86400 seconds" : nil))
  }
}
