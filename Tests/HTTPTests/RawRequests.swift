import JSON
import Platform
import TestSupport
import Testing

/// A case of `Tests/Golden/http-requests.json`: bytes, and what they are to be read as.
struct RawRequest: Sendable, CustomTestStringConvertible {
  /// A request that is taken.
  struct Taken: Sendable, Equatable {
    var method: String
    var target: String
    var body: [UInt8]
  }

  /// What a parser made of some bytes.
  struct Outcome: Sendable, Equatable {
    var taken: [Taken] = []
    /// The status that what follows was refused with; nil: it waits for more, or for nothing.
    var refusal: Int?
  }

  let name: String
  let bytes: [UInt8]
  let outcome: Outcome

  var testDescription: String { name }

  /// All cases of the file.
  static let all: [RawRequest] = {
    guard let text = try? SafeFile.read("\(Repository.root)/Tests/Golden/http-requests.json"),
      let cases = try? JSON.parse(text).array
    else { return [] }
    return cases.compactMap(RawRequest.init)
  }()

  private init?(_ json: JSON) {
    guard let name = json["name"]?.string, let send = json["send"] else { return nil }
    self.name = name
    bytes = (send.array ?? [send]).flatMap { part in
      guard let repeated = part.array else { return Self.latin1(part.string ?? "") }
      let count = Int(repeated[1].integer ?? 0)
      return [[UInt8]](repeating: Self.latin1(repeated[0].string ?? ""), count: count).flatMap {
        $0
      }
    }
    outcome = Outcome(
      taken: (json["requests"]?.array ?? []).map { request in
        Taken(
          method: request["method"]?.string ?? "", target: request["target"]?.string ?? "",
          body: Self.latin1(request["body"]?.string ?? ""))
      }, refusal: json["refused"]?.integer.map(Int.init))
  }

  /// The file's characters stand for bytes.
  private static func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }
}
