import Glibc
import Platform

/// The checkout that holds the tests.
package enum Repository {
  /// The path of the folder that holds Package.swift.
  package static let root: String = {
    var path = #filePath.split(separator: "/").map(String.init)
    path.removeLast(3)
    return "/" + path.joined(separator: "/")
  }()

  /// The paths, relative to the root, of the regular files below a folder, sorted.
  package static func files(below folder: String, suffix: String = "") -> [String] {
    var found: [String] = []
    var folders = [folder]
    while let current = folders.popLast() {
      guard let handle = opendir("\(root)/\(current)") else { continue }
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard name != ".", name != "..", name != "__pycache__" else { continue }
        let path = "\(current)/\(name)"
        if entry.pointee.d_type == UInt8(DT_DIR) {
          folders.append(path)
        } else if name.hasSuffix(suffix) {
          found.append(path)
        }
      }
    }
    return found.sorted()
  }

  /// The text of a file of the checkout.
  package static func text(_ path: String) throws -> String {
    try SafeFile.readText("\(root)/\(path)")
  }

  /// Whether the checkout has something of this name.
  package static func exists(_ path: String) -> Bool { SafeFile.exists("\(root)/\(path)") }
}
