package import CommandCore
package import JSON

/// One hop as `podid explain` found it.
package struct ExplainStep: Sendable {
  /// What the hop is called, such as `trust policy`.
  package let hop: String
  /// Whether the walk goes on behind it.
  package let isGood: Bool
  /// What is there, or what is wrong.
  package var text: String
  /// The command that mends it.
  package var mend: MendCommand?

  /// The step in JSON.
  package var json: JSON {
    [
      "hop": .string(hop), "ok": .bool(isGood), "text": .string(text),
      "mend": mend.map { .string($0.text) } ?? .null,
    ]
  }
}

/// What is no obstacle, and yet may not be what was meant.
package struct ExplainWarning: Sendable {
  /// The hop that it is about.
  package let hop: String
  /// What is there, and why it may matter.
  package let text: String
  /// The command that ends it.
  package var mend: MendCommand?

  /// The warning in JSON.
  package var json: JSON {
    ["hop": .string(hop), "text": .string(text), "mend": mend.map { .string($0.text) } ?? .null]
  }
}

/// Ends the walk: nothing after this hop can be looked at.
package struct ExplainStop: Error {
  let step: ExplainStep
  /// Whether a call that was tried did not succeed, so that a fault may be its cause; what is told of
  /// the other hops was read.
  private(set) var wasTried = false

  init(_ hop: String, _ text: String, mend: MendCommand?) {
    step = ExplainStep(hop: hop, isGood: false, text: text, mend: mend)
  }

  /// The stop where a server did not do what it was asked.
  init(_ hop: String, _ error: any Error) {
    self.init(hop, "\(error)", mend: .podid("status"))
    wasTried = true
  }

  /// The same, of a hop that is tried and not read.
  var ofTrial: ExplainStop {
    var stop = self
    stop.wasTried = true
    return stop
  }
}
