import AWSDoor
import Glibc
import JSON
import Platform

extension BucketFolder {
  /// Whether a text can be a bucket's name.
  static func isBucketName(_ name: String) -> Bool {
    (3...63).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E
      } && [name.utf8.first, name.utf8.last].allSatisfy { $0 != 0x2D && $0 != 0x2E }
  }

  /// The buckets with the time that each was made, by name.
  func buckets() -> [(name: String, created: Instant)] {
    guard let root = FolderWalk(path: path) else { return [] }
    var result: [(name: String, created: Instant)] = []
    for name in root.names().sorted(by: { $0.bytes < $1.bytes }) where Self.isBucketName(name) {
      guard let status = root.status(name), status.st_mode & S_IFMT == S_IFDIR else { continue }
      // A file system that keeps no time of birth has the time of the folder's last change.
      result.append((name, root.birth(name) ?? Instant(status.st_ctim)))
    }
    return result
  }

  /// Whether there is a bucket of this name.
  func hasBucket(_ name: String) throws(S3Failure) -> Bool {
    guard Self.isBucketName(name) else { return false }
    errno = 0
    if let root = FolderWalk(path: path), root.folder([name]) != nil { return true }
    try Self.checkDescriptors()
    return false
  }

  /// Makes a bucket; false where there is one.
  func makeBucket(_ name: String) throws(S3Failure) -> Bool {
    guard let root = FolderWalk(path: path) else { throw .server("\(path) is gone") }
    if mkdirat(root.descriptor, name, 0o700) == 0 { return true }
    guard errno == EEXIST, try hasBucket(name) else {
      throw .server("\(name): \(String(cString: strerror(errno)))")
    }
    return false
  }

  /// Removes an empty bucket.
  func removeBucket(_ name: String) throws(S3Failure) {
    guard let root = FolderWalk(path: path) else { throw .server("\(path) is gone") }
    guard unlinkat(root.descriptor, name, AT_REMOVEDIR) == 0 else {
      if errno == ENOTEMPTY || errno == EEXIST { throw .bucketNotEmpty(name) }
      throw .server("\(name): \(String(cString: strerror(errno)))")
    }
    root.folder([".podid"])?.removeTree(name)
  }

  /// Removes all buckets with their objects.
  package func removeAll() {
    guard let root = FolderWalk(path: path) else { return }
    for name in root.names() where Self.isBucketName(name) { root.removeTree(name) }
    root.removeTree(".podid")
    forgetDigests()
  }
}
