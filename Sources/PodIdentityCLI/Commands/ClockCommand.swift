import CommandCore
import JSON
import Platform

extension Command {
  static let clock = Command(
    name: "clock", usage: "show | advance D | reset",
    summary: "show or move the time by which tokens and credentials expire",
    options: [jsonOption, stackOption], operands: 1...2,
    choices: [
      Choice("show", "each server's time, and by how much it is moved"),
      Choice("advance", "D: move it on by this much, such as 90s, 10m or 6h"),
      Choice("reset", "back to the machine's time"),
    ]
  ) { context in
    let stack = try context.stack()
    let words = context.arguments.operands
    let admins = context.admins(stack)
    var warning: PrintedLine?
    switch (words[0].bytes, words.count) {
    case ("show", 1): break
    case ("advance", 2):
      guard let step = Duration(text: words[1]) else {
        throw UsageError("podid clock: \"\(words[1])\" is no duration such as 90s, 10m or 6h")
      }
      let seconds = Double(step.components.seconds)
      var offset = 0.0
      for admin in admins {
        offset = max(offset, ClockOffsets.seconds(of: try await admin.send("GET", "/clock")))
      }
      let held = await HeldCredentials.read(admins)
      try await move(admins, to: offset + seconds)
      warning = await held.warning(
        now: context.clock.now, offset: .nanoseconds(Int64((offset + seconds) * 1e9)),
        try context.kubernetes(stack))
    case ("reset", 1): try await move(admins, to: 0)
    default: throw UsageError("podid clock: usage: podid clock show | advance D | reset")
    }
    var states: [JSON] = []
    for admin in admins {
      let state = try await admin.send("GET", "/clock")
      states.append(
        [
          "service": .string(admin.server.service), "now": state["now"] ?? .null,
          "offsetSeconds": state["offsetSeconds"] ?? 0,
        ])
      guard !context.arguments.has("json") else { continue }
      context.print(
        "\(admin.server.service)  \(state["now"]?.string ?? "")  "
          + "(offset \(state["offsetSeconds"]?.text() ?? "0") s)")
    }
    if context.arguments.has("json") {
      context.print(lines: JSON.array(states).text([.indented]))
    }
    if let warning { context.warn(warning) }
    return 0
  }

  private static func move(_ admins: [AdminClient], to seconds: Double) async throws {
    for admin in admins {
      _ = try await admin.send(
        "PUT", "/clock", body: ["offsetSeconds": .number("\(seconds)")])
    }
  }
}
