import JSON
import Platform

/// What Go's programs say of a body of JSON that they cannot take.
enum GoJSONText {
  private static let summaryLimit = 30

  /// What Go's decoder says where ours objects; where Go would not, ours.
  static func objection(to body: [UInt8], _ error: any Error) -> String {
    GoJSONScanner.objection(to: body) ?? "\(error)"
  }

  /// What Go calls the types of JSON.
  static func typeName(_ json: JSON) -> String {
    switch json {
    case .array: "array"
    case .string: "string"
    case .integer, .number: "number"
    case .bool: "bool"
    case .null, .object: "object"
    }
  }

  /// The beginning of a body, in hexadecimal where it is no object.
  static func summary(of body: [UInt8]) -> String {
    guard let first = body.first else { return "<empty>" }
    let beginning = body.prefix(summaryLimit)
    let shown =
      first == UInt8(ascii: "{")
      ? String(decoding: beginning, as: UTF8.self) : Hex.encode(beginning)
    return body.count > summaryLimit ? "\(shown) ..." : shown
  }
}
