import Glibc
import Platform

/// Places for files of tests, gone with the process that ran them.
package enum Scratch {
  private static let root: String = {
    var path = Array("/tmp/podid-test-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { preconditionFailure("/tmp cannot be written") }
    atexit { FolderWalk(path: "/tmp")?.removeTree(String(Scratch.root.dropFirst(5))) }
    return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// A path of its own where nothing is yet.
  package static func path(_ suffix: String = "") -> String {
    "\(root)/" + Randomness.system.string(12, from: "abcdefghijklmnopqrstuvwxyz") + suffix
  }

  /// A new folder.
  package static func folder() throws -> String {
    let path = path()
    try SafeFile.makeFolder(path)
    return path
  }

  /// A new folder with these files, by their paths in it.
  package static func folder(_ files: [String: String]) throws -> String {
    let root = try folder()
    for (path, text) in files {
      var folder = root
      for part in path.split(separator: "/").dropLast() {
        folder += "/\(part)"
        try SafeFile.makeFolder(folder)
      }
      try SafeFile.write(Array(text.utf8), to: "\(root)/\(path)")
    }
    return root
  }
}
