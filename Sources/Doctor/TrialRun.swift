package import CommandCore
import JSON
import Kubelet
import Platform

/// Runs the program once, as a pod, and watches until a trial has seen enough.
struct TrialRun: Sendable {
  let trial: Trial
  let stack: StackInfo
  let options: DoctorOptions
  let context: CommandContext

  /// What was seen, and from which URL credentials were to be had.
  func run() async throws -> (url: String, sightings: Sightings) {
    let session = try await PodSession.open(
      options.account, pod: nil, tokenSeconds: trial.tokenSeconds, stack: stack,
      context.access)
    do {
      guard session.hasIdentity else {
        throw CommandFailure(
          "\(options.account.text) has neither an association nor the annotation in the seed, so "
            + "there is nothing to examine")
      }
      let result = try await run(session)
      await session.close()
      return result
    } catch {
      await session.close()
      throw error
    }
  }

  private func run(_ session: PodSession) async throws -> (url: String, sightings: Sightings) {
    let record = TrialRecord(clock: context.clock)
    // The pod's own variables, without the caller's.
    var pod = try await session.environment(over: [:], stack: stack, context: context)
    let (restarts, restart) = AsyncStream<Void>.makeStream()
    let servers = try TrialServers(
      trial, stack: stack, tokenFile: pod[Self.tokenFileVariable] ?? "", record: record,
      restart: { restart.yield() }, context: context)
    let restarting = Task { for await _ in restarts { try await servers.restartAgent() } }
    let sightings: Sightings
    do {
      pod["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = servers.agentURL
      pod["AWS_ENDPOINT_URL"] = servers.awsURL
      pod["AWS_ENDPOINT_URL_S3"] = servers.s3URL
      for name in ["HTTP_PROXY", "http_proxy"] as [ByteText] { pod[name] = servers.proxyURL }
      let program = try start(pod, session)
      sightings = await watch(program, record)
      await program.stop()
    } catch {
      restart.finish()
      await servers.stop()
      throw error
    }
    restart.finish()
    restarting.cancel()
    _ = await restarting.result
    await servers.stop()
    // What was cut short tells nothing.
    try Task.checkCancellation()
    return (servers.agentURL, sightings)
  }

  private static let tokenFileVariable: ByteText = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

  private func start(
    _ pod: [ByteText: String], _ session: PodSession
  ) throws(CommandFailure) -> TrialProgram {
    var pod = pod
    var container: ContainerCommand?
    if let image = options.image {
      let mounts = PodMounts(pod: session.pod, root: stack.pods)
      // No files of podid's own are in the container.
      for name in ["KUBECONFIG", "PODID_STACK"] as [ByteText] { pod[name] = nil }
      for (name, value) in pod { pod[name] = ContainerCommand.inside(value, of: mounts) }
      container = ContainerCommand(
        image: image, name: "podid-doctor-\(session.name)", variables: pod.keys.map(\.string),
        mounts: mounts)
    }
    // Nothing of the caller's hides the pod's identity or leads through a proxy of theirs.
    let caller = ProcessVariables.visible(context.environment.variables).filter {
      !$0.key.asciiLowercased.hasSuffix("_proxy") && !$0.key.hasPrefix("PODID_")
    }
    // Below the stack's own mark, by which its guard finds it too.
    let folder = stack.path.bytes.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast().joined(separator: "/")
    return try TrialProgram(
      options.command, container: container, mark: "\(folder)/\(session.name)",
      environment: caller.merging(pod) { _, own in own })
  }

  /// Waits until there is enough, the program has ended, or the time is over.
  private func watch(_ program: TrialProgram, _ record: TrialRecord) async -> Sightings {
    let ending = Task { record.note(exitCode: await program.end()) }
    let timing = Task {
      try await Task.sleep(for: options.timeout)
      record.noteTimeout()
    }
    var seen = record.sightings
    for await _ in record.changes {
      seen = record.sightings
      if seen.isEnough(for: trial) || seen.exitCode != nil || seen.isOver { break }
    }
    timing.cancel()
    // An end that is noted after this is podid's own doing.
    ending.cancel()
    return seen
  }
}

/// What `podid doctor` is asked for.
package struct DoctorOptions: Sendable {
  /// The program and its words.
  package let command: [String]
  let account: AccountName
  /// The image of containers that the program runs in; nil for plain processes.
  package var image: ContainerImage?
  /// How long a trial may take.
  let timeout: Duration
  /// Whether the trials run one after another.
  let isSerial: Bool

  /// What to examine a command with.
  package init(
    command: [String], account: AccountName, image: ContainerImage? = nil, timeout: Duration,
    isSerial: Bool
  ) {
    self.command = command
    self.account = account
    self.image = image
    self.timeout = timeout
    self.isSerial = isSerial
  }
}
