import AWSWire
import HTTP
package import JSON

/// The types that a service's model gives members of a JSON body and of a query string, and AWS's
/// sentences for values of other types (held against the malformed requests of Smithy's `restJson1`
/// protocol tests).
extension RESTCall {
  /// A member of the body that must be text if it is there.
  package func text(_ member: String) throws(Refusal) -> String? {
    switch body[member] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    case .some(let other): throw Self.mismatch(other, of: member, "String")
    }
  }

  /// A member of the body that must be a Boolean if it is there.
  package func flag(_ member: String) throws(Refusal) -> Bool? {
    switch body[member] {
    case nil, .null?: return nil
    case .bool(let value)?: return value
    case .some(let other): throw Self.mismatch(other, of: member, "Boolean")
    }
  }

  /// A member of the body that must be a map of texts if it is there.
  package func texts(_ member: String) throws(Refusal) -> JSONObject? {
    switch body[member] {
    case nil, .null?: return nil
    case .object(let map)?:
      for (key, value) in map where value.string == nil {
        guard !value.isNull else {
          throw Self.refusal("Map value must not be null", "\(key) of \(member) is null")
        }
        throw Self.mismatch(value, of: "\(key) of \(member)", "String")
      }
      return map
    case .array?: throw Self.refusal(Self.strayList, "\(member) is a list")
    default: throw Self.refusal("Expected map or null", "\(member) is no map")
    }
  }

  /// A parameter of the query that must be a whole number of 32 bits; nil where it is absent or empty.
  package func integer(inQuery name: String) throws(Refusal) -> Int? {
    guard let text = query[name], !text.isEmpty else { return nil }
    guard let number = Int32(text) else {
      throw Self.refusal(
        "'\(text)' can not be converted to Integer", "\(name) is no whole number of 32 bits")
    }
    return Int(number)
  }

  private static let strayList = "Start of list found where not expected"

  private static func mismatch(_ value: JSON, of member: String, _ type: String) -> Refusal {
    let reason = "\(member) is no \(type)"
    func token(_ name: String) -> Refusal {
      refusal("\(name)_VALUE can not be converted to a \(type)", reason)
    }
    return switch value {
    case .array: refusal(strayList, reason)
    case .object: refusal("Start of structure or map found where not expected.", reason)
    case .bool(let isTrue): token(isTrue ? "TRUE" : "FALSE")
    case .string: token("STRING")
    default: token("NUMBER")
    }
  }

  private static func refusal(_ message: String, _ reason: String) -> Refusal {
    Refusal(AWSError("SerializationException", status: 400, message), reason: reason)
  }
}

/// The same of the query protocol, whose values are texts.
extension QueryCall {
  /// A parameter that must be a whole number of 32 bits; nil where it is absent.
  ///
  /// One that is none gets an error without a message, as STS was seen to answer.
  package func integer(_ name: String) throws(Refusal) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int32(text) else {
      throw Refusal(
        AWSError(
          "MalformedInput", status: 400, text.isEmpty ? "missing value for decimal type" : ""),
        reason: "\(name) is no whole number of 32 bits")
    }
    return Int(number)
  }
}
