import JSON

/// One hop as `podid explain` found it.
struct ExplainStep: Sendable {
  let hop: String
  let isGood: Bool
  /// What is there, or what is wrong.
  var text: String
  /// The command that mends it.
  var mend: String?

  /// The step in JSON.
  var json: JSON {
    [
      "hop": .string(hop), "ok": .bool(isGood), "text": .string(text),
      "mend": mend.map(JSON.string) ?? .null,
    ]
  }
}

/// What is no obstacle, and yet may not be what was meant.
struct ExplainWarning: Sendable, Hashable {
  let hop: String
  let text: String
  /// The command that ends it.
  var mend: String?

  /// The warning in JSON.
  var json: JSON {
    ["hop": .string(hop), "text": .string(text), "mend": mend.map(JSON.string) ?? .null]
  }
}

/// Ends the walk: nothing after this hop can be looked at.
struct ExplainStop: Error {
  let step: ExplainStep

  init(_ hop: String, _ text: String, mend: String?) {
    step = ExplainStep(hop: hop, isGood: false, text: text, mend: mend)
  }

  /// The stop where a server did not do what it was asked.
  init(_ hop: String, _ error: any Error) {
    self.init(hop, "\(error)", mend: "podid status")
  }
}
