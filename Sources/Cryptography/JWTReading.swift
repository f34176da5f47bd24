import JSON
import Platform

/// How exactly a compact token is read.
package enum JWTReading: Sendable {
  /// As the RFCs have it: base64url without padding, line ends and trailing bits (RFC 7515
  /// section 2), and objects of JSON.
  case strict
  /// As `ParseUnverified` of golang-jwt v5.2.2 (`parser.go`), by which AWS's agent reads.
  ///
  /// `base64.RawURLEncoding` passes over line ends and trailing bits, `encoding/json` takes broken
  /// text and `null` (``GoJSON``), and the signature is not looked at.
  case golang

  /// The object of a part.
  func object(_ part: JWTMalformation.Part, in text: [UInt8]) throws(JWTMalformation) -> JSON {
    let json = try json(part, try bytes(part, in: text))
    if self == .golang, json.isNull { return [:] }
    guard json.object != nil else { throw .notObject(part, json.typeName) }
    return json
  }

  /// The bytes of the signature.
  func signature(in text: [UInt8]) throws(JWTMalformation) -> [UInt8] {
    do throws(JWTMalformation) { return try bytes(.signature, in: text) } catch {
      guard self == .golang else { throw error }
      return []
    }
  }

  private func bytes(
    _ part: JWTMalformation.Part, in text: [UInt8]
  ) throws(JWTMalformation) -> [UInt8] {
    if self == .strict {
      guard let bytes = Base64.decodeURL(String(decoding: text, as: UTF8.self)) else {
        throw .base64(part, position: nil)
      }
      return bytes
    }
    do throws(Base64.GoObjection) { return try Base64.decodeGoURL(text) } catch {
      throw .base64(part, position: error.position)
    }
  }

  private func json(
    _ part: JWTMalformation.Part, _ bytes: [UInt8]
  ) throws(JWTMalformation) -> JSON {
    guard self == .golang else {
      guard let json = try? JSON.parse(bytes) else { throw .json(part, nil) }
      return json
    }
    if let objection = GoJSONScanner.objection(to: bytes) { throw .json(part, objection) }
    return GoJSON.value(of: bytes) ?? [:]
  }
}

/// Why a text is not a token; nothing of it is told but names of types and single bytes.
package enum JWTMalformation: Error, Sendable {
  /// A part of a token.
  package enum Part: Sendable { case header, claims, signature }

  /// There are more or fewer than three.
  case parts
  /// Not base64url; read as Go does, the place of the byte that it objects to.
  case base64(Part, position: Int?)
  /// Not JSON; read as Go does, its objection.
  case json(Part, String?)
  /// JSON of another type, whose name this is.
  case notObject(Part, String)
}
