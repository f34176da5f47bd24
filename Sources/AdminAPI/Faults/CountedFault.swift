import JSON
import Platform

/// A fault that is set, with how often calls came to it.
struct CountedFault: Sendable {
  let fault: Fault
  /// How many calls matched it.
  private(set) var calls = 0
  /// How many of them met it.
  private(set) var met = 0
  /// How long it is at most as it is kept, in bytes.
  let size: Int
  private let chances: Randomness

  /// A fault that no call has come to.
  init(_ fault: Fault) {
    self.fault = fault
    // The counts come to it, which grow.
    size = JSON.object(fault.json).bytes().count + 64
    chances = .seeded(UInt64(bitPattern: fault.match.seed))
  }

  /// A fault that was kept, with its counts; nil where the server does not know it.
  init?(json: JSON, catalogue: FaultCatalogue) {
    guard let fault = try? Fault(json: json, catalogue: catalogue) else { return nil }
    self.init(fault)
    calls = Self.count(json["calls"])
    met = Self.count(json["met"])
  }

  /// A count that was kept, which is none where the file was changed to hold another thing.
  private static func count(_ json: JSON?) -> Int {
    json?.integer.flatMap { (0...1_000_000_000_000).contains($0) ? Int($0) : nil } ?? 0
  }

  /// Counts a call that matches; true where it meets the fault.
  mutating func meets() -> Bool {
    let match = fault.match
    calls += 1
    guard calls >= match.nth, match.count.map({ met < $0 }) ?? true else { return false }
    guard
      match.probability >= 1
        || Double(chances.integer(in: 0...999_999)) < match.probability * 1e6
    else { return false }
    met += 1
    return true
  }

  /// The fault as it is listed and kept.
  var json: JSON {
    var object = fault.json
    object["calls"] = .integer(Int64(calls))
    object["met"] = .integer(Int64(met))
    return .object(object)
  }
}
