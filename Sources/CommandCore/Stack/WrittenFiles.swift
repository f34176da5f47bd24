import JSON
import Platform
import PodIdentity

/// The files of a state that are written in place: locks, logs and databases, and the issuer.
///
/// Each server looks at its own. Looked at before any starts, a state that is refused stays as it
/// was.
enum WrittenFiles {
  /// Refuses a pipe, or a file that has another name, in place of one of them.
  static func check(_ state: StateFolder, logs: StateFolder) throws(FileError) {
    for name in FolderWalk(path: logs.path)?.names() ?? [] where name.bytes.hasSuffix(".log") {
      try SafeFile.checkSole(logs.file(name))
    }
    for service in ServerName.allCases.map(\.rawValue) {
      let names = FolderWalk(path: state.file(service))?.names() ?? []
      // What a server that was killed had begun is a second name, which the next one removes.
      guard !names.contains(where: { $0.bytes.hasSuffix("~") }) else { continue }
      for name in names where isWritten(name.bytes) {
        try SafeFile.checkSole(state.file("\(service)/\(name)"))
      }
    }
  }

  private static func isWritten(_ name: ByteText) -> Bool {
    name == "lock" || name == "issuer"
      || [".db", ".db-wal", ".db-shm", ".db-journal"].contains { name.hasSuffix($0) }
  }
}
