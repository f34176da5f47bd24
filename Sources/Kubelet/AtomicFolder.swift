// The room of the kubelet's part that a pod's identity needs: its projected volumes and its
// environment. It knows the Kubernetes API through KubernetesClient, and no AWS.

import Glibc
import JSON
import Platform

/// A file of a volume.
package struct VolumeFile: Sendable {
  /// Relative, such as `token` or `a/b`.
  package let path: String
  package let bytes: [UInt8]
  package let mode: UInt32

  /// A file.
  package init(path: String, bytes: [UInt8], mode: UInt32) {
    self.path = path
    self.bytes = bytes
    self.mode = mode
  }
}

/// A folder whose files change all at once, as the kubelet's atomic writer does it
/// (kubernetes/kubernetes `pkg/volume/util/atomic_writer.go`).
///
/// The files lie in a folder of their own, `..data` is a link to it that is replaced by renaming,
/// and each name that users see is a link through `..data`.
struct AtomicFolder: Sendable {
  /// The folder that everything lies below.
  let root: String
  /// The names from there to this folder.
  let names: [String]
  /// The mode of the folders on the way that are made.
  var mode: UInt32 = 0o700

  /// Writes these files in place of those that are there; nothing where they are the same.
  func write(_ files: [VolumeFile], now: Instant, randomness: Randomness) throws(FileError) {
    let shown = root + "/" + names.joined(separator: "/")
    guard let top = FolderWalk(path: root), let folder = top.folder(names, making: true, mode: mode)
    else {
      throw FileError(path: shown, code: errno)
    }
    for file in files {
      let parts = file.path.bytes.split(separator: "/", omittingEmptySubsequences: false).map(
        String.init)
      guard !parts.isEmpty, parts.allSatisfy(FolderWalk.isName), !parts[0].bytes.hasPrefix("..")
      else {
        throw FileError(path: shown, reason: "a volume's file cannot be at \"\(file.path)\"")
      }
    }
    let old = readLink(folder, "..data")
    if let old, holds(files, folder, old) { return clean(folder, but: old) }
    let stamp = now.basic.filter(\.isNumber)
    let name = "..\(stamp).\(randomness.string(9, from: "0123456789"))"
    var isDone = false
    defer { if !isDone { folder.removeTree(name) } }
    try writeFiles(files, to: name, in: folder, shown: shown)
    folder.removeTree("..data_tmp")
    guard symlinkat(name, folder.descriptor, "..data_tmp") == 0,
      renameat(folder.descriptor, "..data_tmp", folder.descriptor, "..data") == 0
    else { throw FileError(path: shown, code: errno) }
    isDone = true
    try link(files, in: folder, shown: shown)
    clean(folder, but: name)
  }

  /// Removes all that was written; what others put there stays.
  func clear() {
    guard let top = FolderWalk(path: root), let folder = top.folder(names) else { return }
    for name in folder.names() where readLink(folder, name)?.bytes.hasPrefix("..data/") == true {
      folder.removeTree(name)
    }
    folder.removeTree("..data")
    clean(folder, but: "")
  }

  /// Removes what is left of others, also of writers that were killed.
  private func clean(_ folder: borrowing FolderWalk, but name: String) {
    for entry in folder.names()
    where entry.bytes.hasPrefix("..") && entry.bytes != "..data" && entry.bytes != name.bytes {
      folder.removeTree(entry)
    }
  }

  private func writeFiles(
    _ files: [VolumeFile], to name: String, in folder: borrowing FolderWalk, shown: String
  ) throws(FileError) {
    guard let inside = folder.folder([name], making: true, mode: 0o755) else {
      throw FileError(path: shown, code: errno)
    }
    // Traversable by whoever may traverse the folders above, which are the user's own.
    fchmod(inside.descriptor, 0o755)
    for file in files {
      let parts = file.path.bytes.split(separator: "/").map(String.init)
      guard let place = inside.folder(parts.dropLast(), making: true, mode: 0o755),
        place.makeFile(parts[parts.count - 1], file.bytes, mode: file.mode)
      else { throw FileError(path: "\(shown)/\(file.path)", code: errno) }
    }
  }

  /// Makes the links that users see, and removes those of files that are gone.
  private func link(
    _ files: [VolumeFile], in folder: borrowing FolderWalk, shown: String
  ) throws(FileError) {
    let visible = Set(files.map { $0.path.bytes.cut(at: "/").0.bytes })
    for name in visible.map(\.string)
    where readLink(folder, name)?.bytes != "..data/\(name)" {
      folder.removeTree(name)
      guard symlinkat("..data/\(name)", folder.descriptor, name) == 0 else {
        throw FileError(path: "\(shown)/\(name)", code: errno)
      }
    }
    for name in folder.names() where !name.bytes.hasPrefix("..") && !visible.contains(name.bytes) {
      if readLink(folder, name)?.bytes.hasPrefix("..data/") == true { folder.removeTree(name) }
    }
  }

  private func holds(
    _ files: [VolumeFile], _ folder: borrowing FolderWalk, _ name: String
  ) -> Bool {
    guard FolderWalk.isName(name), let inside = folder.folder([name]) else { return false }
    var count = 0
    for file in files {
      let parts = file.path.bytes.split(separator: "/").map(String.init)
      guard let place = inside.folder(parts.dropLast()), let last = parts.last,
        let status = place.status(last), status.st_mode & 0o7777 == file.mode,
        Int(status.st_size) == file.bytes.count, read(place, last) == file.bytes,
        readLink(folder, parts[0])?.bytes == "..data/\(parts[0])"
      else { return false }
      if parts.count == 1 { count += 1 }
    }
    return inside.names().count >= count && inside.names().count <= files.count
  }

  private func read(_ folder: borrowing FolderWalk, _ name: String) -> [UInt8]? {
    let file = folder.openFile(name)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += chunk[..<count]
    }
  }

  private func readLink(_ folder: borrowing FolderWalk, _ name: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlinkat(folder.descriptor, name, &buffer, buffer.count)
    guard count >= 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
