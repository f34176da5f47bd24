import JSON

/// The claims that golang-jwt reads into a structure, with what it says where their types are wrong.
enum RegisteredClaims {
  /// `exp` and `nbf`.
  static func times(
    _ claims: JSON
  ) throws(UnverifiedToken.Malformed) -> (expires: Double?, notBefore: Double?) {
    var times: [String: Double] = [:]
    // In the order of the document: the first wrong type is the one that is told.
    for (name, value) in claims.object ?? [:] where !value.isNull {
      switch name {
      case "iss", "sub", "jti":
        guard value.string != nil else {
          throw .init(
            "json: cannot unmarshal \(GoTypeName.of(value)) into Go struct field "
              + "RegisteredClaims.\(name) of type string")
        }
      case "aud":
        guard value.string != nil || value.array.map({ $0.allSatisfy { $0.string != nil } }) == true
        else { throw .init("invalid type for claim") }
      case "exp", "nbf", "iat": times[name] = try number(value)
      default: break
      }
    }
    return (times["exp"], times["nbf"])
  }

  private static func number(_ value: JSON) throws(UnverifiedToken.Malformed) -> Double {
    if let number = value.double { return number }
    // Go takes a number in quotes.
    if let text = value.string, let number = Double(text), number.isFinite { return number }
    let shown = value.string.map { "string \(JSON.string($0).text())" } ?? GoTypeName.of(value)
    let end = value.string == nil ? "" : ": invalid syntax"
    throw .init(
      "could not parse NumericData: json: cannot unmarshal \(shown) into Go value of type "
        + "json.Number\(end)")
  }
}
