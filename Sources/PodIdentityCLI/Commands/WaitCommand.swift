import CommandCore
import HTTP
import JSON
import KubernetesClient
import Platform
import PodIdentity

extension Command {
  static let wait = Command(
    name: "wait", usage: "association | pod [NS/]NAME | refresh | event [--timeout D]",
    summary: "wait for an association, a pod, a fetch of credentials or an event",
    options: EventFilter.options + [
      Option("role", "ARN", "of association: wait until it is of this role"),
      Option("timeout", "D", "give up after this time, exit 1 (default 30s)"), jsonOption,
      stackOption,
    ], operands: 1...2,
    choices: [
      Choice("association", "until EKS Auth sees the account's association"),
      Choice("pod", "[NS/]NAME: until it is Ready"),
      Choice("refresh", "until the account's credentials are fetched, as often as --count says"),
      Choice("event", "until as many events match as --count says"),
    ]
  ) { context in
    let words = context.arguments.operands
    func check(_ known: [String]) throws(UsageError) {
      for flag in ["role"] + EventFilter.options.map(\.flag) {
        guard context.arguments.has(flag), !known.contains(flag.bytes) else { continue }
        throw UsageError("podid wait: --\(flag) says nothing of \(words[0])")
      }
    }
    switch (words[0].bytes, words.count) {
    case ("association", 1):
      try check(["service-account", "role"])
      return try await WaitCommand(context).association()
    case ("pod", 2):
      try check([])
      return try await WaitCommand(context).pod(AccountName(words[1], of: "pod"))
    case ("refresh", 1):
      try check(["service-account", "since", "count"])
      return try await WaitCommand(context).event(
        operation: EventOperation.getCredentials, outcome: EventOutcome.ok)
    case ("event", 1):
      try check(EventFilter.options.map(\.flag))
      return try await WaitCommand(context).event()
    default:
      throw UsageError(
        "podid wait: usage: podid wait association | pod [NS/]NAME | refresh | event")
    }
  }
}

/// `podid wait`: exit 0 once it is so, 1 with what there is instead when the time is over.
struct WaitCommand {
  private let context: CommandContext
  private let stack: StackInfo
  private let timeout: Duration
  /// The same as it was given.
  private let limit: String
  /// Returns after so long.
  private let pause: @Sendable (Duration) async throws -> Void

  /// The waiting of a command's flags.
  init(
    _ context: CommandContext,
    pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) throws {
    self.context = context
    self.pause = pause
    let text = context.arguments["timeout"] ?? "30s"
    guard let timeout = Duration(text: text), timeout > .zero else {
      throw UsageError("podid wait: --timeout must be a duration such as 30s, not \"\(text)\"")
    }
    self.timeout = timeout
    limit = text
    stack = try context.stack()
  }

  private var isJSON: Bool { context.arguments.has("json") }

  /// Until EKS Auth sees the account's association, which with `--association-delay` is later than
  /// EKS shows it.
  func association() async throws -> Int32 {
    let account = try context.account()
    let role = context.arguments["role"]
    let query = [
      ("cluster", stack.cluster), ("namespace", account.namespace),
      ("serviceAccount", account.name),
    ].map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    let admins = context.admins(stack)
    guard let admin = admins.server(.awsAPI) else {
      throw CommandFailure("\(stack.path) names no aws-api")
    }
    let deadline = ContinuousClock.now + timeout
    while true {
      let reason: String
      // A server that restarts is back in a moment.
      do throws(CommandFailure) {
        let found = try await admin.send(
          "GET", "/visible-association?\(query)",
          timeout: max(deadline - .now, .milliseconds(100)))
        let arn = found["roleArn"]?.string
        if let arn, role == nil || role?.bytes == arn.bytes {
          let id = found["associationId"]?.string ?? ""
          let json: JSON = [
            "associationId": .string(id), "namespace": .string(account.namespace),
            "serviceAccount": .string(account.name), "roleArn": .string(arn),
          ]
          context.print(isJSON ? PrintedLine(json.text()) : "\(id)  \(account.text)  \(arn)")
          return 0
        }
        reason =
          arn.map { "EKS Auth sees \($0) as the role of \(account.text)" }
          ?? "EKS Auth sees no association of \(account.text)"
      } catch { reason = error.description }
      guard ContinuousClock.now < deadline else {
        throw CommandFailure("\(reason) after \(limit)")
      }
      // Nothing happens when EKS Auth begins to see an association: the delay is over by then, on a
      // clock that somebody may move.
      try await pause(.milliseconds(100))
    }
  }

  /// Until a pod is Ready.
  func pod(_ name: AccountName) async throws -> Int32 {
    let readiness = PodReadiness(
      kubernetes: try context.kubernetes(stack), namespace: name.namespace, name: name.name)
    guard await readiness.wait(timeout) != nil else {
      let reason = await readiness.reason() ?? "there may be no pod of that name"
      throw CommandFailure("pod \(name.text) is not Ready after \(limit): \(reason)")
    }
    let json: JSON = [
      "namespace": .string(name.namespace), "pod": .string(name.name), "ready": true,
    ]
    context.print(isJSON ? PrintedLine(json.text()) : "pod \(name.text) is Ready")
    return 0
  }

  /// Until as many events match as `--count` says (1), from now on or from `--since`.
  func event(operation: String? = nil, outcome: String? = nil) async throws -> Int32 {
    var filter = try EventFilter(context.arguments, now: context.clock.now)
    try filter.narrow(operation: operation, outcome: outcome, since: context.clock.now)
    let matching = filter
    let admins = context.admins(stack)
    try await matching.check(at: admins)
    let events = EventFollower(admins: admins, reconnects: true).events()
    let lines = EventLines(context)
    let context = context
    let counting = Task { () -> Int in
      var count = 0
      for await event in events where matching.matches(event) {
        context.print(lines.line(event))
        count += 1
        if count >= matching.least { break }
      }
      return count
    }
    let alarm = Task { [timeout] in
      try await Task.sleep(for: timeout)
      counting.cancel()
    }
    let count = await counting.value
    alarm.cancel()
    guard count >= matching.least else {
      let from =
        context.arguments.has("since") ? "" : " (from now on; --since D counts those before)"
      // An account may come while it is waited for; one that did not is told of.
      var nobody = ""
      if let kubernetes = try? context.kubernetes(stack) {
        do throws(UsageError) { try await matching.checkAccount(at: admins, kubernetes) } catch {
          nobody = "; \(error)"
        }
      }
      throw CommandFailure("\(count) of \(matching.least) events after \(limit)\(from)\(nobody)")
    }
    return 0
  }
}
