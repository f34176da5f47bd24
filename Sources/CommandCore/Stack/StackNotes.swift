import JSON
package import Platform

/// What a person should know of a stack that is otherwise well: why it may behave oddly.
package enum StackNotes {
  /// A line for each fault that is set and each clock that is moved, of the servers that are asked.
  package static func lines(of stack: StackInfo, _ admins: [AdminClient]) async -> [PrintedLine] {
    // Ids are the same in every stack: elsewhere the command must name this one.
    let folder = try? StackFinder.currentFolder()
    let isHere = !stack.isOwn || stack.path.bytes == "\(folder ?? "")/.podid/stack.json"
    let place = isHere ? "" : " --stack \(Mend.word(stack.path))"
    func note(_ text: String, _ mend: String) -> PrintedLine {
      "! \(text)  (\(mend)\(place))"
    }
    let faults = await StackFaults.read(admins, timeout: .seconds(2)).active
    let offsets = await ClockOffsets.read(admins, timeout: .seconds(2))
    let moved = offsets.filter { $0.seconds != 0 }
    let isOne = moved.count == offsets.count && Set(moved.map(\.seconds)).count == 1
    return faults.map { note($0.notice, $0.mend.text) }
      + (isOne ? [("the stack", moved[0].seconds)] : moved.map { ($0.service, $0.seconds) }).map {
        note("\($0.0)'s clock is moved by \(Int($0.1)) s", "podid clock reset")
      }
  }
}
