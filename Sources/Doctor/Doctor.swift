package import CommandCore
import HTTP
import Platform

/// Runs a program through its trials, on stacks of its own.
package struct Doctor: Sendable {
  /// What is examined, and how.
  package let options: DoctorOptions
  let context: CommandContext

  /// An examination with these options.
  package init(options: DoctorOptions, context: CommandContext) {
    self.options = options
    self.context = context
  }

  /// How long a trial may take, for people.
  package var timeoutText: String { "\(Int(options.timeout.inSeconds.rounded()))s" }

  /// The findings of all probes.
  package func examine() async throws -> [Finding] {
    let jobs: [@Sendable () async throws -> [Trial: Diagnosis.Outcome]] = [
      { try await self.outcomes(of: Trial.outside.filter(\.hasShortCredentials)) },
      { try await self.outcomes(of: Trial.outside.filter { !$0.hasShortCredentials }) },
      { try await linkLocal() },
    ]
    let found = try await all(jobs) { try await $0() }
    return Diagnosis(
      outcomes: found.reduce(into: [:]) { $0.merge($1) { first, _ in first } },
      timeout: timeoutText
    ).findings
  }

  private func linkLocal() async throws -> [Trial: Diagnosis.Outcome] {
    guard options.image == nil else {
      let reason =
        "a container of the engine cannot be put into a network of podid's own; without --image "
        + "this is tried"
      return Dictionary(
        Trial.inside.map { ($0, .impossible(reason)) }, uniquingKeysWith: { first, _ in first })
    }
    return try await OwnNamespace(context: context).outcomes()
  }

  /// What trials came to that share a stack.
  func outcomes(of trials: [Trial]) async throws -> [Trial: Diagnosis.Outcome] {
    var environment = context.environment
    if trials.contains(where: \.hasShortCredentials) {
      let seconds = Int(Trial.credentialLifetime.inSeconds)
      environment["PODID_AWS_API_CREDENTIAL_LIFETIME"] = "\(seconds)s"
      environment["PODID_KUBERNETES_API_MIN_TOKEN_SECONDS"] = "1"
    } else {
      // As long as AWS's, whatever the caller's stacks have.
      environment["PODID_AWS_API_CREDENTIAL_LIFETIME"] = nil
    }
    let context = CommandContext(
      arguments: context.arguments, environment: environment, loops: context.loops)
    let stackOptions = try StackOptions.own(context)
    let stack = try await RunningStack.start(
      stackOptions, stackFile: "\(stackOptions.folder)/stack.json", context: context)
    do {
      let found = try await all(trials) { trial in
        (trial, try await outcome(of: trial, stack: stack.info, context: context))
      }
      await stack.stop()
      return Dictionary(found, uniquingKeysWith: { first, _ in first })
    } catch {
      await stack.stop()
      throw error
    }
  }

  private func outcome(
    of trial: Trial, stack: StackInfo, context: CommandContext
  ) async throws -> Diagnosis.Outcome {
    try Task.checkCancellation()
    let run = TrialRun(trial: trial, stack: stack, options: options, context: context)
    do {
      let (url, sightings) = try await run.run()
      return .seen(url: url, sightings)
    } catch let error as HTTPServerError where Trial.inside.contains(trial) {
      return .impossible("this machine does not have the address: \(error)")
    }
  }

  /// Does something for each element: at once, or one after another where that is asked for.
  private func all<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) async throws -> Result
  ) async throws -> [Result] {
    var results: [Result] = []
    guard !options.isSerial else {
      for element in elements { results.append(try await body(element)) }
      return results
    }
    try await withThrowingTaskGroup(of: Result.self) { group in
      for element in elements { group.addTask { try await body(element) } }
      for try await result in group { results.append(result) }
    }
    return results
  }
}
