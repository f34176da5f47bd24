import CommandCore
import JSON
import Platform

/// How the demo's hops are told: lines for people, with a stop before each answer if they want one, or
/// a line of JSON a hop.
final class DemoTeller {
  private let context: CommandContext
  private let isJSON: Bool
  private let stops: Bool
  private var told: JSONObject?

  /// A teller, as the flags `--json` and `--step` say.
  init(_ context: CommandContext) {
    self.context = context
    isJSON = context.arguments.has("json")
    stops = context.arguments.has("step")
  }

  /// Begins a hop: who asks whom, and what.
  func hop(_ number: Int, _ who: String, _ what: String) {
    if isJSON {
      finish()
      told = [
        "hop": .integer(Int64(number)), "who": .string(who), "request": .string(what), "ok": true,
        "answers": [], "output": [],
      ]
      return
    }
    let title = "\(number) \(who)"
    let padding = String(repeating: " ", count: max(1, 24 - title.count))
    if stops, number > 1 { context.print("") }
    let line = PrintedLine(title)
    context.print("\(context.hasColours ? line.rendered(1) : line)\(padding)\(what)")
    guard stops else { return }
    StandardStreams.ask("  [Enter]")
    _ = readLine()
  }

  /// What was answered, and whether that is as it should be.
  func answer(_ text: String, isGood: Bool = true) {
    guard isJSON else {
      context.print("  \(context.mark(isGood)) \(text)")
      return
    }
    if !isGood { told?["ok"] = false }
    append(text, to: "answers")
  }

  /// A line that a program printed, or that explains.
  func line(_ text: String) {
    guard isJSON else {
      context.print("    \(text)")
      return
    }
    append(text, to: "output")
  }

  private func append(_ text: String, to member: String) {
    let before = told?[member]?.array ?? []
    told?[member] = .array(before + [.string(text)])
  }

  /// Ends the last hop.
  func finish() {
    if let told { context.print(PrintedLine(JSON.object(told).text())) }
    told = nil
  }
}
