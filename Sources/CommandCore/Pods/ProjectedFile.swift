import JSON
import Platform

/// Files of volumes, which lie behind the kubelet's own links: `DIR/token` is `DIR/..VERSION/token`.
package enum ProjectedFile {
  /// The text of a projected file that lies in its volume's folder itself; no link is followed.
  package static func read(_ path: String) throws -> String {
    let parts = path.bytes.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    let names = FolderWalk(path: folder)?.names() ?? []
    guard let name = parts.last,
      let version = names.map(\.bytes).filter({ $0.hasPrefix("..") && $0 != "..data" }).max()
    else { throw CommandFailure("\(path) is not there") }
    return try SafeFile.readText("\(folder)/\(version)/\(name)")
  }
}
