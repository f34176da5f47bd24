import Glibc
import JSON
import Platform

/// Where a stack is to be: the place of its file, and its state.
///
/// There is one stack at a place. A second one's file in the place of the first's would leave that
/// running where nobody finds it.
package struct StackPlace {
  let file: String
  /// Nil for an ephemeral stack, whose state is its own.
  package var state: String?
  /// The servers of the stack that is to be there: a file that was left behind, as in a container
  /// that was killed, may have the same numbers.
  package var own: Set<Int32> = []
  /// Whether the user named the file.
  ///
  /// One that merely lies there, as in a copy of a checkout, tells of a stack only if this user's
  /// register has it.
  var isNamed = false
  let context: CommandContext

  /// The place of a stack with this file.
  package init(
    file: String, state: String? = nil, own: Set<Int32> = [], isNamed: Bool = false,
    context: CommandContext
  ) {
    self.file = file
    self.state = state
    self.own = own
    self.isNamed = isNamed
    self.context = context
  }

  /// Refuses a place that is taken, with whose stack that is and how to stop it.
  package func check() throws(CommandFailure) {
    try checkFile()
    guard let state else { return }
    let running = (try? StackRegister(context.environment).running()) ?? []
    let place = Self.resolved(state)
    if let other = running.first(where: { Self.resolved($0.state).bytes == place.bytes }) {
      throw refusal(other, "with the state \(state)")
    }
  }

  /// Refuses a file that another stack has written since ``check()``, and keeps others from it
  /// while `body` writes this one's.
  package func write(_ body: () throws -> Void) throws {
    let folder = open(StackFile.folder(of: file), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if folder >= 0 { close(folder) } }
    // In a folder of everybody's, anybody could keep the lock for ever.
    var status = stat()
    if folder >= 0, fstat(folder, &status) == 0, status.st_uid == geteuid(),
      status.st_mode & 0o022 == 0
    {
      flock(folder, LOCK_EX)
    }
    try checkFile()
    try body()
  }

  private func checkFile() throws(CommandFailure) {
    var status = stat()
    guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    guard status.st_uid == geteuid() else {
      throw CommandFailure(
        "\(file) is a file of \(Self.name(of: status.st_uid)), whose stack may run there; "
          + "--stack-file names another")
    }
    guard let other = try? StackFinder(context).read(file), other.entry != nil || isNamed,
      runs(other)
    else { return }
    throw refusal(other, "at \(file)")
  }

  private func refusal(_ other: StackInfo, _ place: String) -> CommandFailure {
    let since = other.entry.map { " since \($0.since), process \($0.pid)" } ?? ""
    return CommandFailure(
      "a stack of \(Self.name(of: geteuid())) runs \(place) already\(since); "
        + "podid down --stack \(Mend.word(other.path)) stops it. A second one beside it: "
        + "podid up --ephemeral --free-ports")
  }

  private func runs(_ stack: StackInfo) -> Bool {
    let folders = stack.programFolders
    return stack.servers.contains {
      !own.contains($0.pid)
        && ServerProgram.objection(to: $0.pid, service: $0.service, folders: folders) == nil
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func name(of user: uid_t) -> String {
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else {
      return "user \(user)"
    }
    return "user \(String(cString: name))"
  }
}
