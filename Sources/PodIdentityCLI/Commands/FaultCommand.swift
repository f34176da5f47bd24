import CommandCore
import HTTP
import JSON
import Platform

extension Command {
  static let fault = Command(
    name: "fault", usage: "add ACTION [CODE] | list | clear [ID]",
    summary: "let calls fail: errors, delays, broken answers, a restart",
    options: [
      Option("operation", "NAME", "the operation, such as GetCredentials (see podid fault list)"),
      Option("server", "NAME", "kubernetes-api, aws-api or node-agent, for all its operations"),
      Option("service-account", "[NS/]NAME", "calls of this ServiceAccount alone"),
      Option("pod", "NAME", "calls of this pod alone"),
      Option("nth", "N", "from the Nth matching call on (default 1)"),
      Option("count", "N", "for N calls (default: until cleared)"),
      Option("probability", "P", "for this share of the calls, 0 to 1"),
      Option("seed", "N", "what the chances are drawn from"),
      Option("duration", "D", "of delay, drip and restart, such as 5s"),
      Option("status", "N", "the status of the answer"),
      Option("message", "TEXT", "the message of an error"),
      Option("id", "NAME", "what to call it"), jsonOption, stackOption,
    ], operands: 1...3,
    choices: [
      Choice("add", "let calls fail, in one of these ways:", next: FaultActions.choices),
      Choice("list", "show the faults that are set; with --json also what can be made to fail"),
      Choice("clear", "remove one fault, or all"),
    ]
  ) { context in
    let words = context.arguments.operands
    let admins = context.admins(try context.stack())
    switch (words[0].bytes, words.count) {
    case ("add", 2...3): return try await add(words, to: admins, context)
    case ("list", 1): return try await list(admins, context)
    case ("clear", 1...2):
      // A flag that narrows nothing must not clear everything.
      for flag in FaultRule.flags where context.arguments.has(flag) && flag.bytes != "id" {
        throw UsageError("podid fault: clear takes an ID, not --\(flag)")
      }
      let id = context.arguments["id"]
      guard words.count == 1 || id == nil else {
        throw UsageError("podid fault: clear takes one ID")
      }
      try await clear(words.count == 2 ? words[1] : id, at: admins)
      return try await list(admins, context)
    default:
      throw UsageError("podid fault: usage: podid fault add ACTION [CODE] | list | clear [ID]")
    }
  }

  private static func add(
    _ words: [String], to admins: [AdminClient], _ context: CommandContext
  ) async throws -> Int32 {
    var rule = try FaultRule.json(words, context.arguments)
    let catalogues = try await FaultRule.catalogues(of: admins)
    let index: Int
    do throws(CommandFailure) {
      index = try FaultRule.place(&rule, server: context.arguments["server"], among: catalogues)
    } catch { throw UsageError("podid fault: \(error)") }
    let target = admins[index]
    let added: JSON
    do throws(CommandFailure) {
      added = try await target.send("POST", "/faults", body: .object(rule))
    } catch {
      // The server knows what a rule may be, and says which word of it is wrong.
      guard error.status == 400 else { throw error }
      throw UsageError("podid fault: \(error)")
    }
    context.print(
      context.arguments.has("json")
        ? PrintedLine(added.text())
        : "\(target.server.service)  \(FaultRule.text(added))")
    return 0
  }

  private static func list(
    _ admins: [AdminClient], _ context: CommandContext
  ) async throws -> Int32 {
    var all = JSONObject()
    for admin in admins {
      let json = try await admin.send("GET", "/faults")
      all[admin.server.service] = json
      guard !context.arguments.has("json") else { continue }
      for fault in json["faults"]?.array ?? [] {
        context.print("\(admin.server.service)  \(FaultRule.text(fault))")
      }
    }
    if context.arguments.has("json") { context.print(PrintedLine(JSON.object(all).text())) }
    return 0
  }

  private static func clear(_ id: String?, at admins: [AdminClient]) async throws {
    guard let id else {
      return try await admins.clearFaults()
    }
    // An id that somebody chose may be that of several servers' faults.
    var isFound = false
    for admin in admins {
      let faults = try await admin.send("GET", "/faults")["faults"]?.array ?? []
      guard faults.contains(where: { $0["id"]?.string?.bytes == id.bytes }) else { continue }
      _ = try await admin.send("DELETE", "/faults/\(PercentEncoding.encode(id))")
      isFound = true
    }
    guard !isFound else { return }
    throw CommandFailure("there is no fault \(id); see podid fault list")
  }
}
