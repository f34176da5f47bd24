import JSON

/// A way to let calls fail that every server knows: a row of the table (``all``).
package struct FaultKind: Sendable {
  /// What rules call it.
  package let name: String
  /// What it does, in one line; an argument is named in front, as in `N: answer with ...`.
  package let help: String
  /// The member of a rule that a word behind the name gives, as in `podid fault add status 500`; nil
  /// where no word may follow.
  package let word: String?
  /// The members of a rule that say more than the name.
  let members: [String]
  /// Reads these members.
  private let read: @Sendable (FaultMembers) throws(Fault.Refusal) -> FaultAction

  init(
    _ name: String, _ help: String, word: String? = nil, members: [String] = [],
    read: @escaping @Sendable (FaultMembers) throws(Fault.Refusal) -> FaultAction
  ) {
    self.name = name
    self.help = help
    self.word = word
    self.members = members
    self.read = read
  }

  /// A row whose rules say nothing but its name.
  init(_ name: String, _ help: String, _ deed: FaultAction.Deed) {
    self.init(name, help) { rule throws(Fault.Refusal) in FaultAction(rule, deed) }
  }

  /// The row of this name.
  package static func named(_ name: String) -> FaultKind? {
    all.first { $0.name.bytes == name.bytes }
  }

  /// The action that a rule of this row asks for.
  func action(_ rule: FaultMembers) throws(Fault.Refusal) -> FaultAction { try read(rule) }
}
