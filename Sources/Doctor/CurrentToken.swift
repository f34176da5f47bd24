import Glibc
import Platform

/// The token file of a pod as it is now.
struct CurrentToken: Sendable {
  let text: String
  /// When the file was written.
  let written: Instant
}

extension CurrentToken {
  /// Reads the file, which is reached through the links that the kubelet makes; nil where it cannot
  /// be read.
  init?(path: String) {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    let file = String(cString: resolved)
    var status = stat()
    guard stat(file, &status) == 0, let text = try? SafeFile.readText(file, limit: 1 << 16) else {
      return nil
    }
    self.text = text
    written = Instant(status.st_mtim)
  }
}
