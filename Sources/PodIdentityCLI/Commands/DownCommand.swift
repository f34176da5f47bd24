import CommandCore
import Glibc
import HTTP
import JSON
import Platform

extension Command {
  static let down = Command(
    name: "down", usage: "[--stack FILE]", summary: "stop a stack", options: [stackOption]
  ) { context in
    let stack = try context.stack()
    guard stack.isOwn else {
      throw CommandFailure("this stack is stopped by what started it: docker compose down")
    }
    return try await DownCommand(context: context, stack: stack).run()
  }
}

/// `podid down`.
private struct DownCommand {
  let context: CommandContext
  let stack: StackInfo

  func run() async throws -> Int32 {
    var stopped: [ProcessHandle] = []
    var objections: [String] = []
    for admin in context.admins(stack) {
      switch await stop(admin) {
      case .asked(let process): stopped.append(process)
      case .refused(let reason): objections.append("\(admin.server.service): \(reason)")
      case .isAway: break
      }
    }
    guard !stopped.isEmpty else {
      if let reason = objections.first {
        throw CommandFailure("nothing of \(stack.path) is stopped: \(reason)")
      }
      removeFile()
      throw CommandFailure("the stack of \(stack.path) is not running; the file is removed")
    }
    let deadline = ContinuousClock.now + .seconds(15)
    var isDown = true
    for process in stopped { isDown = await process.end(by: deadline) && isDown }
    if isDown {
      for await _ in FileChanges.of(stack.path, within: .seconds(3))
      where !SafeFile.exists(stack.path) { break }
      // Where the supervisor was killed, nobody else removes its file.
      if SafeFile.exists(stack.path) { removeFile() }
    }
    guard isDown, !SafeFile.exists(stack.path) else {
      throw CommandFailure("the stack does not stop; see \(stack.state)/logs")
    }
    context.print("The stack of \(stack.path) is down.")
    return 0
  }

  private func removeFile() {
    unlink(stack.path)
    guard stack.entry != nil else { return }
    StackRegister(context.environment).leave(stack.id, path: stack.path)
  }

  private enum Outcome {
    case asked(ProcessHandle)
    case refused(String)
    case isAway
  }

  /// Asks a server to stop: only a process that the kernel knows as this user's server, and whose
  /// admin port on this machine says that it is that one.
  private func stop(_ admin: AdminClient) async -> Outcome {
    let server = admin.server
    // Held first, so that what is looked at is what is signalled.
    let process = ProcessHandle(server.pid)
    let isHere = HTTPURL(server.admin)?.place.isLoopbackAddress ?? false
    let health = isHere ? await admin.health() : nil
    let answers =
      health.map { $0.pid == server.pid && $0.service.bytes == server.service.bytes } ?? false
    let objection = ServerProgram.objection(
      to: server.pid, service: server.service, folders: stack.programFolders)
    switch (answers, objection) {
    case (true, nil):
      guard let process, process.send(SIGTERM) else { return .isAway }
      return .asked(process)
    case (true, let reason?): return .refused(reason)
    case (false, nil):
      return .refused(
        isHere
          ? "process \(server.pid) runs, and its admin port does not answer as that; "
            + "stop it by hand: kill \(server.pid)"
          : "its admin port is not on loopback; stop it by hand: kill \(server.pid)")
    case (false, _?): return .isAway
    }
  }
}
