import JSON
import PodIdentity

/// The account in a seed: the number of AWS's documentation stands for that of the stack.
package enum SeedAccount {
  /// The account that seeds are written with.
  package static let standard = StackDefaults.account

  /// A document with its account's number replaced, wherever it stands by itself in a text.
  static func placed(_ document: JSON, in account: String) -> JSON {
    guard account.bytes != standard.bytes else { return document }
    switch document {
    case .string(let text): return .string(placed(text, in: account))
    case .array(let items): return .array(items.map { placed($0, in: account) })
    case .object(let object):
      return .object(
        object.reduce(into: JSONObject()) {
          $0[placed($1.name, in: account)] = placed($1.value, in: account)
        })
    // A number without quotes, as YAML has it.
    case .integer(let number) where "\(number)".bytes == standard.bytes:
      return Int64(account).flatMap { "\($0)".bytes == account.bytes ? .integer($0) : nil }
        ?? .string(account)
    default: return document
    }
  }

  private static func placed(_ text: String, in account: String) -> String {
    let wanted = Array(standard.utf8)
    var rest = Array(text.utf8)[...]
    var made: [UInt8] = []
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { 0x30...0x39 ~= $0 } ?? false }
    while let found = rest.firstRange(of: wanted) {
      let isAlone =
        !isDigit(found.lowerBound > rest.startIndex ? rest[found.lowerBound - 1] : made.last)
        && !isDigit(found.upperBound < rest.endIndex ? rest[found.upperBound] : nil)
      made += rest[..<found.lowerBound]
      made += isAlone ? Array(account.utf8) : wanted
      rest = rest[found.upperBound...]
    }
    return String(decoding: made + rest, as: UTF8.self)
  }
}
