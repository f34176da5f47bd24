/// What a person should know of a stack that is otherwise well: why it may behave oddly.
enum StackNotes {
  /// A line for each fault that is set and each clock that is moved.
  static func lines(of stack: StackInfo, _ context: CommandContext) async -> [String] {
    let admins = context.admins(stack)
    let lines = await StackFaults.read(admins).all.map {
      "! \($0.service) has a fault set: \(TerminalText.visible($0.text))  (\($0.mend))"
    }
    let offsets = await ClockOffsets.read(admins)
    let moved = offsets.filter { $0.seconds != 0 }
    guard moved.count > 1, Set(offsets.map(\.seconds)).count == 1 else {
      return lines
        + moved.map {
          "! \($0.service)'s clock is moved by \(Int($0.seconds)) s  (podid clock reset)"
        }
    }
    return lines + [
      "! the stack's clock is moved by \(Int(moved[0].seconds)) s  (podid clock reset)"
    ]
  }
}
