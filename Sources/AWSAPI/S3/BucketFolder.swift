import Cryptography
import Glibc
import JSON
import Platform

/// The buckets: folders of one folder, their objects the files below.
///
/// Metadata lies beside them in `.podid/<bucket>/`, unfinished uploads in `.podid/.uploads/`, a name
/// that no bucket has. Symbolic links are not followed and not listed. All of it blocks, so it runs
/// off the event loops.
actor BucketFolder {
  private static let uploads = ".uploads"

  let path: String
  /// The MD5 of files that were put there by hand, so that each is read once.
  private var digests: [String: (size: Int, modified: Instant, md5: String)] = [:]

  /// The buckets below a folder, which is made where it is missing.
  init(path: String) throws(FileError) {
    self.path = path
    try SafeFile.makeFolder(path)
    // Uploads that a kill left unfinished.
    if let root = FolderWalk(path: path), let own = root.folder([".podid"]) {
      own.removeTree(Self.uploads)
    }
  }

  /// Forgets what is known of files that are gone.
  func forgetDigests() { digests.removeAll() }

  /// The keys of a bucket that begin with a prefix, in the order of their bytes.
  func keys(in bucket: String, prefix: String) -> [String] {
    guard let root = FolderWalk(path: path), let folder = root.folder([bucket]) else { return [] }
    var found: [String] = []
    Self.collect(folder, at: "", prefix: prefix, depth: 0, into: &found)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func collect(
    _ folder: borrowing FolderWalk, at start: String, prefix: String, depth: Int,
    into found: inout [String]
  ) {
    guard depth < 512 else { return }
    for name in folder.names() {
      guard let status = folder.status(name) else { continue }
      let key = start + name
      if status.st_mode & S_IFMT == S_IFREG {
        if key.hasPrefix(prefix) { found.append(key) }
      } else if status.st_mode & S_IFMT == S_IFDIR {
        let inside = key + "/"
        // Nothing below can match unless one text begins with the other.
        guard inside.hasPrefix(prefix) || prefix.hasPrefix(inside) else { continue }
        if let next = folder.folder([name]) {
          collect(next, at: inside, prefix: prefix, depth: depth + 1, into: &found)
        }
      }
    }
  }

  /// An object's head; nil where there is none.
  func object(_ key: String, in bucket: String) -> StoredObject? {
    guard let (file, status) = openObject(key, in: bucket) else { return nil }
    defer { close(file) }
    return describe(key, in: bucket, file: file, status: status)
  }

  /// An object with some of its bytes, as `range` says once the size is known.
  func read(
    _ key: String, in bucket: String, range: (Int) throws(S3Failure) -> Range<Int>?
  ) throws(S3Failure) -> (StoredObject, Range<Int>?, [UInt8])? {
    guard let (file, status) = openObject(key, in: bucket) else { return nil }
    defer { close(file) }
    let object = describe(key, in: bucket, file: file, status: status)
    let part = try range(object.size)
    let wanted = part ?? 0..<object.size
    guard let bytes = Self.bytes(of: file, wanted) else {
      throw .server("\(bucket)/\(key): \(String(cString: strerror(errno)))")
    }
    return (object, part, bytes)
  }

  /// Writes an object whole, or leaves the one that is there.
  func write(
    _ bytes: [UInt8], metadata: ObjectMetadata, to key: ObjectKey, in bucket: String
  ) throws(S3Failure) {
    let parts = try key.path()
    guard let root = FolderWalk(path: path) else { throw .server("\(path) is gone") }
    guard let temporary = root.folder([".podid", Self.uploads], making: true),
      root.folder([".podid", bucket], making: true) != nil
    else { throw failure("\(path)/.podid") }
    guard let folder = root.folder([bucket] + parts.dropLast(), making: true) else {
      throw errno == ENOTDIR || errno == ELOOP || errno == EEXIST
        ? .unstorableKey("a part of its path is an object") : failure(key.text)
    }
    let name = parts[parts.count - 1]
    if let status = folder.status(name), status.st_mode & S_IFMT == S_IFDIR {
      throw .unstorableKey("objects lie below it")
    }
    let upload = Randomness.system.string(20, from: "abcdefghijklmnopqrstuvwxyz")
    let file = openat(
      temporary.descriptor, upload, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(key.text) }
    var isDone = false
    defer {
      close(file)
      if !isDone { unlinkat(temporary.descriptor, upload, 0) }
    }
    var status = stat()
    guard Self.writeAll(bytes, to: file), fsync(file) == 0, fstat(file, &status) == 0 else {
      throw failure(key.text)
    }
    let record: JSON = [
      "key": .string(key.text), "size": .integer(Int64(bytes.count)),
      "modified": .integer(Instant(status.st_mtim).nanoseconds), "object": metadata.json,
    ]
    do throws(FileError) {
      try SafeFile.write(record.bytes(), to: metadataPath(key.text, in: bucket))
    } catch { throw .server("\(error)") }
    guard renameat(temporary.descriptor, upload, folder.descriptor, name) == 0 else {
      throw failure(key.text)
    }
    isDone = true
  }

  /// Removes an object and the folders that are empty then; one that is not there is no error.
  func remove(_ key: String, in bucket: String) throws(S3Failure) {
    guard let object = try? ObjectKey(key), let parts = try? object.path(),
      let root = FolderWalk(path: path), let folder = root.folder([bucket] + parts.dropLast()),
      let name = parts.last
    else { return }
    guard let status = folder.status(name), status.st_mode & S_IFMT == S_IFREG else { return }
    guard unlinkat(folder.descriptor, name, 0) == 0 else { throw failure(key) }
    unlink(metadataPath(key, in: bucket))
    digests["\(bucket)/\(key)"] = nil
    for depth in stride(from: parts.count - 1, to: 0, by: -1) {
      guard let parent = root.folder([bucket] + parts.prefix(depth - 1)),
        unlinkat(parent.descriptor, parts[depth - 1], AT_REMOVEDIR) == 0
      else { return }
    }
  }

  private func openObject(_ key: String, in bucket: String) -> (Int32, stat)? {
    guard let object = try? ObjectKey(key), let parts = try? object.path(), let name = parts.last,
      let root = FolderWalk(path: path), let folder = root.folder([bucket] + parts.dropLast())
    else { return nil }
    let file = folder.openFile(name)
    guard file >= 0 else { return nil }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      return nil
    }
    return (file, status)
  }

  private func describe(
    _ key: String, in bucket: String, file: Int32, status: stat
  ) -> StoredObject {
    let size = Int(status.st_size)
    let modified = Instant(status.st_mtim)
    if let bytes = try? SafeFile.read(metadataPath(key, in: bucket)),
      let record = try? JSON.parse(bytes), record["size"]?.integer == Int64(size),
      record["modified"]?.integer == modified.nanoseconds,
      let metadata = record["object"].flatMap(ObjectMetadata.init(json:))
    {
      return StoredObject(key: key, size: size, modified: modified, metadata: metadata)
    }
    var metadata = ObjectMetadata()
    let place = "\(bucket)/\(key)"
    if let known = digests[place], known.size == size, known.modified == modified {
      metadata.md5 = known.md5
    } else {
      metadata.md5 = Self.md5(of: file, size: size)
      if digests.count > 100_000 { digests.removeAll() }
      digests[place] = (size, modified, metadata.md5)
    }
    return StoredObject(key: key, size: size, modified: modified, metadata: metadata)
  }

  private func metadataPath(_ key: String, in bucket: String) -> String {
    "\(path)/.podid/\(bucket)/\(SHA256.hex(Array(key.utf8))).json"
  }

  private func failure(_ what: String) -> S3Failure {
    .server("\(what): \(String(cString: strerror(errno)))")
  }

  private static func md5(of file: Int32, size: Int) -> String {
    var hasher = DigestHasher(.md5)
    var position = 0
    while position < size, let piece = bytes(of: file, position..<min(position + 1 << 20, size)),
      !piece.isEmpty
    {
      hasher.update(piece)
      position += piece.count
    }
    return Hex.encode(hasher.finish())
  }

  /// The bytes of a range; fewer where the file ends before it; nil where it cannot be read.
  private static func bytes(of file: Int32, _ range: Range<Int>) -> [UInt8]? {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let more = pread(
          file, buffer.baseAddress?.advanced(by: count), range.count - count,
          off_t(range.lowerBound + count))
        if more < 0 && errno == EINTR { continue }
        failed = more < 0
        if more <= 0 { break }
        count += more
      }
    }
    return failed ? nil : bytes
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(file, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count < 0 && errno != EINTR { return false }
        done += max(count, 0)
      }
      return true
    }
  }
}
