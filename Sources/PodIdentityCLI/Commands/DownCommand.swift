import Glibc
import Platform

extension Command {
  static let down = Command(
    name: "down", usage: "[--stack FILE]", summary: "stop a stack", options: [stackOption]
  ) { context in
    let stack = try context.stack()
    guard stack.isOwn else {
      throw CommandFailure("this stack is stopped by what started it: docker compose down")
    }
    let admins = context.admins(stack)
    var stopped: [Int32] = []
    for admin in admins {
      // A pid from a file is signalled only where its server says that it is its own.
      guard let health = await admin.health(), health.pid == admin.server.pid,
        health.service == admin.server.service
      else { continue }
      kill(admin.server.pid, SIGTERM)
      stopped.append(admin.server.pid)
    }
    guard !stopped.isEmpty else {
      unlink(stack.path)
      throw CommandFailure("the stack of \(stack.path) is not running; the file is removed")
    }
    var silence = 0
    for _ in 0..<300 {
      let isRunning = stopped.contains(where: ProcessState.runs)
      silence = isRunning ? 0 : silence + 1
      // Where the supervisor was killed, nobody else removes its file.
      if silence == 60 { unlink(stack.path) }
      if !isRunning, !SafeFile.exists(stack.path) {
        context.print("The stack is down.")
        return 0
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw CommandFailure("the stack does not stop; see \(stack.state)/logs")
  }
}
