import Glibc
import JSON
import Platform

/// Finds the stack that is meant.
///
/// A stack file that is merely found lies in a checkout, whose author may be anybody: it counts only
/// as the very file that podid wrote there for this user. One that the user names is taken, but may
/// name nothing beyond this machine unless podid wrote it.
package struct StackFinder {
  private let context: CommandContext

  /// A finder for a command.
  package init(_ context: CommandContext) { self.context = context }

  /// By `--stack`, then `PODID_STACK`, then the variables of ``StackVariables``, then `.podid/stack.json` here or in a parent.
  package func find() throws -> StackInfo {
    if let path = context.arguments["stack"] { return try read(path) }
    if let path = context.environment["PODID_STACK"], !path.isEmpty { return try read(path) }
    if let variables = StackVariables(context.environment) { return try variables.info() }
    if let path = Self.file(above: try Self.currentFolder()) { return try found(path) }
    let others = (try? StackRegister(context.environment).running()) ?? []
    throw CommandFailure(Self.absence(others.map(\.path)))
  }

  /// The stack file of a folder or of the next one above it; nil where none has one.
  static func file(above folder: String) -> String? {
    var folder = folder
    while true {
      let path = (folder.bytes == "/" ? "" : folder) + "/.podid/stack.json"
      if SafeFile.exists(path) { return path }
      guard folder.bytes != "/" else { return nil }
      folder = StackFile.folder(of: folder)
    }
  }

  /// What is said where no stack is found here, while the user's register has these.
  static func absence(_ others: [String]) -> String {
    guard !others.isEmpty else {
      return
        "no stack is running here: start one with podid up, or name one with --stack or PODID_STACK"
    }
    let flags = others.prefix(2).map { "--stack \(Mend.word($0))" }.joined(separator: " or ")
    let more = others.count > 2 ? ", and \(others.count - 2) more" : ""
    return
      "no stack is running here: podid list shows \(others.count) elsewhere, use \(flags)"
      + "\(more); or start one with podid up"
  }

  /// The folder that the process is in.
  /// - Throws: where somebody has removed it: a path from there would begin elsewhere.
  static func currentFolder() throws(CommandFailure) -> String {
    guard let text = getcwd(nil, 0) else {
      throw CommandFailure(
        "the folder that podid was started in cannot be told (\(String(cString: strerror(errno)))): "
          + "cd to one that is there")
    }
    defer { free(text) }
    return String(cString: text)
  }

  /// The stack of a file that the user names.
  package func read(_ path: String) throws(CommandFailure) -> StackInfo {
    // Absolute, since the commands that are handed it run elsewhere.
    let file = try StackFile(try StackOptions.absolute(path))
    var info = try info(of: file)
    info.entry = try? StackRegister(context.environment).entry(for: file, id: info.id)
    if info.entry == nil, let reason = StackMembers.strangeness(of: info.json) {
      throw CommandFailure(
        "\(file.path) cannot be used: \(reason), and podid did not write it for this user")
    }
    try close(file)
    return info
  }

  /// The stack of a file that lies here or in a parent.
  func found(_ path: String) throws(CommandFailure) -> StackInfo {
    let file = try StackFile(path)
    let id = (try? JSON.parse(file.bytes))?["id"]?.string
    let entry: StackRegister.Entry?
    do throws(FileError) {
      entry = try StackRegister(context.environment).entry(for: file, id: id)
    } catch {
      throw CommandFailure(
        "whose \(path) is cannot be told: \(error); name it with --stack FILE if it is yours")
    }
    guard let entry else {
      throw CommandFailure(
        "\(path) is not as podid up wrote it for this user, so it is not trusted; "
          + "name it with --stack FILE if it is yours, or remove it")
    }
    try close(file)
    if let note = ProjectFolder(of: path).note { context.warn("podid: \(note)") }
    var info = try info(of: file)
    info.entry = entry
    return info
  }

  private func info(of file: StackFile) throws(CommandFailure) -> StackInfo {
    let json: JSON
    do { json = try JSON.parse(file.bytes) } catch {
      throw CommandFailure("\(file.path) cannot be read: \(error)")
    }
    return try StackInfo(json: json, path: file.path)
  }

  private func close(_ file: StackFile) throws(CommandFailure) {
    guard file.isOpenToOthers else { return }
    try file.close()
    context.warn("podid: \(file.path) was open to others; it is 0600 now")
  }
}
