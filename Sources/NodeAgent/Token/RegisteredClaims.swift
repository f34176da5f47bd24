import JSON
import Platform

/// The claims that golang-jwt reads into a structure, with what it says where their types are wrong.
enum RegisteredClaims {
  /// `exp` and `nbf`, in whole seconds since the epoch.
  static func times(
    _ claims: JSON
  ) throws(UnverifiedToken.Malformed) -> (expires: Double?, notBefore: Double?) {
    var times: [ByteText: Double] = [:]
    // In the order of the document: the first wrong type is the one that is told.
    for (name, value) in claims.object ?? [:] where !value.isNull {
      // Go finds the members of a structure in any case.
      let member = name.bytes.asciiLowercased
      switch member {
      case "iss", "sub", "jti":
        guard value.string != nil else {
          throw .init(
            "json: cannot unmarshal \(value.typeName) into Go struct field "
              + "RegisteredClaims.\(name) of type string")
        }
      case "aud":
        guard value.string != nil || value.array.map({ $0.allSatisfy { $0.string != nil } }) == true
        else { throw .init("invalid type for claim") }
      case "exp", "nbf", "iat": times[member] = GoTime.seconds(try number(value))
      default: break
      }
    }
    return (times["exp"], times["nbf"])
  }

  private static func number(_ value: JSON) throws(UnverifiedToken.Malformed) -> Double {
    // Go takes a number in quotes; one that no float holds is an error to it.
    if let number = value.double ?? value.string.flatMap({ Double(decimal: $0) }) {
      guard number.isFinite else {
        throw .init("could not parse NumericData: value out of range")
      }
      return number
    }
    let shown = value.string.map { "string \(JSON.string($0).text())" } ?? value.typeName
    let end = value.string == nil ? "" : ": invalid syntax"
    throw .init(
      "could not parse NumericData: json: cannot unmarshal \(shown) into Go value of type "
        + "json.Number\(end)")
  }
}

/// Times as golang-jwt makes them of numbers.
enum GoTime {
  /// Go counts from the year 1, and what 64 bits do not hold becomes the distant past.
  private static let secondsToEpoch: Int64 = 62_135_596_800

  /// Whole seconds since the epoch, the fraction cut off.
  static func seconds(_ number: Double) -> Double {
    let whole = number.rounded(.towardZero)
    guard let count = Int64(exactly: whole),
      !count.addingReportingOverflow(secondsToEpoch).overflow
    else { return -.infinity }
    return number.rounded(.down)
  }
}
