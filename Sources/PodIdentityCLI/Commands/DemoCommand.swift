import CommandCore
import Cryptography
import HTTP
import JSON
import Kubelet
import Platform
import PodIdentity

extension Command {
  static let demo = Command(
    name: "demo", usage: "[--step] [--json]",
    summary: "the article's story, hop by hop, on a stack of its own",
    options: [Option("step", nil, "wait for Enter before each answer"), jsonOption],
    endsBySignal: false
  ) { context in
    if context.arguments.has("step"), context.arguments.has("json") {
      throw UsageError("podid demo: --step and --json exclude each other")
    }
    let cli = try await AWSCommandLine.find(context.environment)
    let options = try StackOptions.own(context)
    let stack = try await RunningStack.start(
      options, stackFile: "\(options.folder)/stack.json", context: context)
    SignalWatch.course = .orderly
    let caught = CaughtSignal()
    let signals = Task {
      let signal = await TerminationSignals.wait()
      caught.note(signal)
      await stack.stop()
      StandardStreams.exitNow(128 + signal)
    }
    defer { signals.cancel() }
    do {
      let teller = DemoTeller(context)
      let isWhole = try await Demo(stack: stack.info, context: context, teller: teller, cli: cli)
        .run()
      if caught.number != nil { await signals.value }
      teller.finish()
      await stack.stop()
      return isWhole ? 0 : 1
    } catch {
      if caught.number != nil { await signals.value }
      await stack.stop()
      throw error
    }
  }
}

/// The story of `podid demo`: each hop with what was really sent and answered.
struct Demo {
  private static let account = "s3-reader-sa"
  private static let sample = "new.txt"
  private static let bucket = "s3://your-bucket-name"
  let stack: StackInfo
  let context: CommandContext
  let teller: DemoTeller
  /// The AWS CLI.
  let cli: String

  /// Tells it; whether each hop worked.
  func run() async throws -> Bool {
    let account = try AccountName(Self.account)
    let session = try await PodSession.open(
      account, pod: "s3-access-pod", stack: stack, context.access)
    let path = "/api/v1/namespaces/default"
    teller.hop(
      1, "kubectl apply", "POST \(path)/pods  s3-access-pod, serviceAccountName \(Self.account)")
    let names = (session.pod.at("spec", "containers")?[0]?["env"]?.array ?? [])
      .compactMap { $0["name"]?.string }.filter { $0.bytes.hasPrefix("AWS_CONTAINER") }
    teller.answer(
      "admission added \(names.joined(separator: ", ")), a token volume",
      isGood: session.hasIdentity)
    let environment = try await session.environment(
      over: context.environment.variables, stack: stack, context: context)
    let token = try ProjectedFile.read(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] ?? "")
    let claims = (try? JWT(compact: token))?.claims
    teller.hop(
      2, "kubelet", "POST \(path)/serviceaccounts/\(Self.account)/token  aud pods.eks.amazonaws.com"
    )
    teller.answer(
      "a token of \(claims?["sub"]?.string ?? "?"), pod "
        + "\(claims?.at("kubernetes.io", "pod")?["name"]?.string ?? "?"), in the pod's volume",
      isGood: claims != nil)
    guard let credentials = try await agent(token) else { return false }
    await eksAuth()
    return try await s3(environment) && credentials["Token"] != nil
  }

  /// Asks the agent as an SDK does.
  private func agent(_ token: String) async throws -> JSON? {
    guard let url = HTTPURL(stack.agentURL) else { return nil }
    teller.hop(3, "SDK -> agent", "GET \(stack.agentURL)  Authorization: <the token>")
    let response = try await context.http.send(
      HTTPClientRequest(method: "GET", url: url, headers: ["Authorization": token]),
      timeout: .seconds(10))
    guard response.status == 200, let json = response.json else {
      teller.answer(
        "\(response.status) \(String(decoding: response.body, as: UTF8.self))", isGood: false)
      return nil
    }
    teller.answer(
      "200 AccessKeyId \(json["AccessKeyId"]?.string ?? "?"), AccountId "
        + "\(json["AccountId"]?.string ?? "?"), Expiration \(json["Expiration"]?.string ?? "?")")
    return json
  }

  /// What EKS Auth noted of the agent's call.
  private func eksAuth() async {
    teller.hop(
      4, "agent -> EKS Auth", "POST /clusters/\(stack.cluster)/assume-role-for-pod-identity (SigV4)"
    )
    let admin = context.admins(stack).server(.awsAPI)
    let event = ((try? await admin?.events()) ?? []).last {
      $0["operation"]?.string?.bytes == EventOperation.assumeRoleForPodIdentity.bytes
    }
    teller.answer(
      "200 \(event?["assumedRole"]?.string ?? event?["reason"]?.string ?? "?")",
      isGood: event?["outcome"]?.string?.bytes == EventOutcome.ok.bytes)
    teller.answer("token, association, role and trust policy checked; 6 session tags, 6 hours")
  }

  /// Runs the AWS CLI as the pod: a listing that is allowed, a put that is not.
  private func s3(_ environment: [ByteText: String]) async throws -> Bool {
    teller.hop(5, "AWS CLI, in the pod", "$ aws s3 ls \(Self.bucket)")
    let listing = try await CapturedProcess.run(
      [cli, "s3", "ls", Self.bucket], environment: environment)
    for line in (listing.code == 0 ? listing.output : listing.errors).prefix(6)
    where !line.isEmpty { teller.line(line) }
    let isListed = Self.isListed(listing.output, code: listing.code)
    if !isListed { teller.answer("the listing failed with \(listing.code)", isGood: false) }
    teller.hop(6, "AWS CLI, in the pod", "$ aws s3 cp \(Self.sample) \(Self.bucket)/new.txt")
    let sample = "\(stack.state)/\(Self.sample)"
    try SafeFile.write(Array("hello\n".utf8), to: sample)
    let put = try await CapturedProcess.run(
      [cli, "s3", "cp", sample, "\(Self.bucket)/new.txt", "--no-progress"],
      environment: environment)
    let (refusal, isRefused) = Self.refusal(in: put.errors)
    teller.answer(refusal, isGood: isRefused)
    let admin = context.admins(stack).server(.awsAPI)
    let event = ((try? await admin?.events()) ?? []).last { $0["operation"] == "PutObject" }
    if let reason = event?["reason"]?.string { teller.line("why: \(reason)") }
    return isListed && isRefused
  }

  /// Whether a listing worked, and there was something to list.
  static func isListed(_ output: [String], code: Int32) -> Bool { code == 0 && !output.isEmpty }

  /// What the AWS CLI complained of at the put, and whether that is the refusal it should be.
  static func refusal(in errors: [String]) -> (text: String, isRefused: Bool) {
    let refusal = errors.last { $0.bytes.contains("AccessDenied") }
    let text = refusal.flatMap { line in
      line.utf8.firstRange(of: "AccessDenied".utf8).map { String(line[$0.lowerBound...]) }
    }
    let because = text.flatMap { text in
      text.utf8.firstRange(of: "is not authorized".utf8).map {
        "AccessDenied: ... " + text[$0.lowerBound...]
      }
    }
    return (because ?? errors.last ?? "the put was not refused", refusal != nil)
  }
}
