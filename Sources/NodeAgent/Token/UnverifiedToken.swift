// The room of node-agent: the Pod Identity Agent's endpoint with its cache, and the kubelet's work
// for one node. It knows EKS Auth and the Kubernetes API by HTTP alone, and never verifies a token's
// signature, as AWS's agent does not.

import JSON
import Platform

/// A token as the agent reads it: parsed, its signature not looked at
/// (golang-jwt v5.2.2, `ParseUnverified` with registered claims).
struct UnverifiedToken: Sendable {
  /// Why a token does not parse, in the words that the caller sees.
  struct Malformed: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  private static let algorithms: Set<ByteText> = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256",
    "PS384", "PS512", "EdDSA", "none",
  ]

  /// Seconds since the epoch; nil where the claim is absent.
  let expires: Double?
  let notBefore: Double?
  /// Whom the token claims to be, for events.
  let subject: EventSubject
  /// The pod that the token claims to be bound to.
  let pod: PodClaim

  /// Parses a token.
  init(_ text: String) throws(Malformed) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw Malformed("token is malformed: token contains an invalid number of segments")
    }
    let header = try Self.decode(Array(parts[0]), "header")
    let headerJSON = try Self.parse(header, "header", goType: "map[string]interface {}")
    let claimBytes = try Self.decode(Array(parts[1]), "claim")
    let claims = try Self.parse(claimBytes, "claim", goType: "jwt.RegisteredClaims")
    do throws(Malformed) {
      (expires, notBefore) = try RegisteredClaims.times(claims)
    } catch {
      throw Malformed("token is malformed: could not JSON decode claim: \(error.reason)")
    }
    guard let algorithm = headerJSON["alg"]?.string else {
      throw Malformed("token is unverifiable: signing method (alg) is unspecified")
    }
    guard Self.algorithms.contains(algorithm.bytes) else {
      throw Malformed("token is unverifiable: signing method (alg) is unavailable")
    }
    let kubernetes = claims["kubernetes.io"]
    subject = EventSubject(
      namespace: kubernetes?["namespace"]?.string,
      serviceAccount: kubernetes?.at("serviceaccount", "name")?.string,
      pod: kubernetes?.at("pod", "name")?.string)
    pod = PodClaim(claims)
  }

  /// What the token's times object to, without leeway; nil where they hold.
  func objection(now: Instant) -> String? { Self.objection(expires, notBefore, now: now) }

  /// The objection of these times.
  static func objection(_ expires: Double?, _ notBefore: Double?, now: Instant) -> String? {
    let seconds = Double(now.nanoseconds) / 1e9
    var reasons: [String] = []
    if let expires, seconds >= expires { reasons.append("token is expired") }
    if let notBefore, seconds < notBefore { reasons.append("token is not valid yet") }
    return reasons.isEmpty ? nil : reasons.joined(separator: ", ")
  }

  /// Base64 for URLs without padding; the text names the first byte that is not.
  private static func decode(_ bytes: [UInt8], _ part: String) throws(Malformed) -> [UInt8] {
    // Go passes over line ends.
    let isBroken = bytes.firstIndex { byte in
      !(0x41...0x5A ~= byte || 0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == 0x2D
        || byte == 0x5F || byte == 0x0A || byte == 0x0D)
    }
    let digits = bytes.filter { $0 != 0x0A && $0 != 0x0D }
    var position = isBroken
    if position == nil, digits.count % 4 == 1 { position = bytes.count - 1 }
    if let position {
      throw Malformed(
        "token is malformed: could not base64 decode \(part): illegal base64 data at input byte "
          + "\(position)")
    }
    return Base64.decodeURL(String(decoding: digits, as: UTF8.self)) ?? []
  }

  private static func parse(
    _ bytes: [UInt8], _ part: String, goType: String
  ) throws(Malformed) -> JSON {
    func failure(_ reason: String) -> Malformed {
      Malformed("token is malformed: could not JSON decode \(part): \(reason)")
    }
    if let objection = GoJSONScanner.objection(to: bytes) { throw failure(objection) }
    let json = GoJSON.value(of: bytes) ?? [:]
    guard json.object != nil || json.isNull else {
      let name = GoTypeName.of(json)
      throw failure("json: cannot unmarshal \(name) into Go value of type \(goType)")
    }
    return json.isNull ? [:] : json
  }
}

/// What Go calls the types of JSON.
enum GoTypeName {
  /// The name of a value's type.
  static func of(_ json: JSON) -> String {
    switch json {
    case .array: "array"
    case .object: "object"
    case .string: "string"
    case .integer, .number: "number"
    case .bool: "bool"
    case .null: "null"
    }
  }
}
