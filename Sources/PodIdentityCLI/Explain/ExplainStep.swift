import JSON

/// One hop as `podid explain` found it.
struct ExplainStep: Sendable {
  let hop: String
  let isGood: Bool
  /// What is there, or what is wrong.
  let text: String
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

/// Ends the walk: nothing after this hop can be looked at.
struct ExplainStop: Error {
  let step: ExplainStep

  init(_ hop: String, _ text: String, mend: String?) {
    step = ExplainStep(hop: hop, isGood: false, text: text, mend: mend)
  }
}

/// Commands that mend.
enum Mend {
  /// The trust policy that Pod Identity needs.
  static let trust: JSON = [
    "Version": "2012-10-17",
    "Statement": [
      [
        "Effect": "Allow", "Principal": ["Service": "pods.eks.amazonaws.com"],
        "Action": ["sts:AssumeRole", "sts:TagSession"],
      ]
    ],
  ]

  /// Makes a role that Pod Identity may assume.
  static func createRole(_ name: String) -> String {
    "aws iam create-role --role-name \(name) --assume-role-policy-document '\(trust.text())'"
  }

  /// Gives a role that trust.
  static func updateTrust(_ name: String) -> String {
    "aws iam update-assume-role-policy --role-name \(name) --policy-document '\(trust.text())'"
  }
}
