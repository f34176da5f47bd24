package import JSON

/// What a probe came to.
package struct Finding: Sendable, Hashable {
  /// The verdict; the words are those of `--json`.
  package enum Result: String, Sendable, CaseIterable {
    case pass, fail
    /// It could not be told.
    case unknown
  }

  /// What was probed.
  package let probe: Probe
  /// What came of it.
  package let result: Result
  /// What was seen, in a sentence.
  package let text: String
  /// What to do about it.
  package var advice: String?

  /// A finding that needs no advice.
  static func pass(_ probe: Probe, _ text: String) -> Finding {
    Finding(probe: probe, result: .pass, text: text)
  }

  /// A failure, and what mends it.
  static func fail(_ probe: Probe, _ text: String, advice: String) -> Finding {
    Finding(probe: probe, result: .fail, text: text, advice: advice)
  }

  /// What could not be told, why, and what would let it be told.
  static func unknown(_ probe: Probe, _ text: String, advice: String? = nil) -> Finding {
    Finding(probe: probe, result: .unknown, text: text, advice: advice)
  }

  /// The finding in JSON.
  package var json: JSON {
    [
      "probe": .string(probe.rawValue), "result": .string(result.rawValue), "text": .string(text),
      "advice": advice.map(JSON.string) ?? .null,
    ]
  }
}

extension Finding {
  /// Reads a finding that another process of podid printed.
  init?(json: JSON) {
    guard let probe = json["probe"]?.string.flatMap(Probe.init(named:)),
      let result = json["result"]?.string.flatMap(Result.init(named:)),
      let text = json["text"]?.string
    else { return nil }
    self.init(probe: probe, result: result, text: text, advice: json["advice"]?.string)
  }
}
