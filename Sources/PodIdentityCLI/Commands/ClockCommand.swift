import JSON
import Platform

extension Command {
  static let clock = Command(
    name: "clock", usage: "show | advance D | reset",
    summary: "show or move the time by which tokens and credentials expire",
    options: [stackOption], operands: 1...2
  ) { context in
    let stack = try context.stack()
    let words = context.arguments.operands
    let admins = context.admins(stack)
    switch (words[0], words.count) {
    case ("show", 1): break
    case ("advance", 2):
      guard let step = Duration(text: words[1]) else {
        throw UsageError("podid clock: \"\(words[1])\" is no duration such as 90s, 10m or 6h")
      }
      let seconds = Double(step.components.seconds)
      var offset = 0.0
      for admin in admins {
        offset = max(offset, try await admin.send("GET", "/clock")["offsetSeconds"]?.double ?? 0)
      }
      try await move(admins, to: offset + seconds)
    case ("reset", 1): try await move(admins, to: 0)
    default: throw UsageError("podid clock: usage: podid clock show | advance D | reset")
    }
    for admin in admins {
      let state = try await admin.send("GET", "/clock")
      context.print(
        "\(admin.server.service)  \(state["now"]?.string ?? "")  "
          + "(offset \(state["offsetSeconds"]?.text() ?? "0") s)")
    }
    return 0
  }

  private static func move(_ admins: [AdminClient], to seconds: Double) async throws {
    for admin in admins {
      _ = try await admin.send(
        "PUT", "/clock", body: ["offsetSeconds": .number("\(seconds)")])
    }
  }
}
