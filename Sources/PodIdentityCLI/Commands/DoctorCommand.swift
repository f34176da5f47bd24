import CommandCore
import Doctor
import Glibc
import JSON
import Platform

extension Command {
  static let doctor = Command(
    name: "doctor",
    usage: "[--image IMAGE] [--json] [--timeout D] -- CMD... | --sdk-versions [--json]",
    summary: "try out whether a program's AWS SDK copes with EKS Pod Identity",
    options: [
      Option("image", "IMAGE", "run CMD in a container of this image (docker run)"),
      Option("timeout", "D", "how long CMD may run in each trial (default 45s)"),
      Option("serial", nil, "one run of CMD at a time, for programs that hold a port"),
      Option(
        "service-account", "[NS/]NAME", "the ServiceAccount to be (default default/s3-reader-sa)"),
      seedOption, jsonOption,
      Option("sdk-versions", nil, "print the first SDK versions that know Pod Identity"),
    ], takesCommand: true, flagWithoutCommand: "sdk-versions", endsBySignal: false
  ) { context in
    if context.arguments.has("sdk-versions") {
      if context.arguments.has("json") {
        context.print(lines: SDKVersions.json.text([.indented]))
        return 0
      }
      for line in SDKVersions.lines { context.print(PrintedLine(line)) }
      return 0
    }
    return try await DoctorCommand(context: context).run()
  }
}

/// `podid doctor`.
struct DoctorCommand: Sendable {
  let context: CommandContext

  /// Examines the program; the exit code.
  func run() async throws -> Int32 {
    let options = try options()
    let image = context.arguments["image"]
    let timeoutText = Doctor(options: options, context: context).timeoutText
    let isInside = context.environment[OwnNamespace.variable] != nil
    if isInside {
      InsideNamespace.followOuter()
    } else {
      if image == nil,
        let reason = Executables.objection(to: options.command[0], context.environment["PATH"])
      {
        context.warn("podid: \(options.command[0]): \(reason.text)")
        return reason.code
      }
      if isatty(2) == 1 {
        context.warn("podid doctor: up to \(timeoutText) for each run of the program ...")
      }
    }
    let known = options
    SignalWatch.course = .orderly
    return try await SignalWatch.exitCode {
      var options = known
      if let image { options.image = try await ContainerImage.find(image, context.environment) }
      let doctor = Doctor(options: options, context: context)
      if isInside {
        let record = try await InsideNamespace(doctor: doctor, context: context).run()
        context.print(PrintedLine(record.text()))
        return 0
      }
      let findings = try await doctor.examine()
      show(findings)
      return findings.contains { $0.result == .fail } ? 1 : 0
    }
  }

  func options() throws -> DoctorOptions {
    let arguments = context.arguments
    let text = arguments["timeout"] ?? "45s"
    guard let timeout = Duration(text: text), timeout >= .seconds(25), timeout <= .seconds(3600)
    else {
      throw UsageError(
        "podid doctor: --timeout must be such as 90s or 2m, from 25s to 1h, not \"\(text)\"")
    }
    let account = try AccountName(arguments["service-account"] ?? "default/s3-reader-sa")
    return DoctorOptions(
      command: arguments.command, account: account, timeout: timeout,
      isSerial: arguments.has("serial"))
  }

  private func show(_ findings: [Finding]) {
    if context.arguments.has("json") {
      return context.print(lines: JSON.array(findings.map(\.json)).text([.indented]))
    }
    for finding in findings {
      let name = finding.probe.rawValue
      let padding = String(repeating: " ", count: max(1, 17 - name.count))
      let mark = finding.result == .unknown ? "–" : context.mark(finding.result == .pass)
      context.print("\(mark) \(name)\(padding)\(finding.text)")
      if let advice = finding.advice { context.print("  \(advice)") }
    }
  }
}
