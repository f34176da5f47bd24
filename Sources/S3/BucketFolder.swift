import AWSDoor
import Cryptography
import Glibc
import JSON
package import Platform

/// The buckets: folders of one folder, their objects the files below.
///
/// Metadata lies beside them in `.podid/<bucket>/`, unfinished uploads in `.podid/.uploads/`, a name
/// that no bucket has. Symbolic links are not followed and not listed. All of it blocks, so it runs
/// off the event loops.
package actor BucketFolder {
  static let uploads = ".uploads"

  let path: String
  /// The MD5 of files that were put there by hand, so that each is read once.
  private var digests: [ByteText: (size: Int, modified: Instant, md5: String)] = [:]

  /// The buckets below a folder, which is made where it is missing.
  package init(path: String) throws(FileError) {
    self.path = path
    try SafeFile.makeFolder(path)
    // Uploads that a kill left unfinished.
    if let root = FolderWalk(path: path), let own = root.folder([".podid"]) {
      own.removeTree(Self.uploads)
    }
  }

  /// Forgets what is known of files that are gone.
  func forgetDigests() { digests.removeAll() }

  /// A page of a bucket's keys.
  func list(_ page: KeyPage, in bucket: String) -> KeyPage {
    var page = page
    if let root = FolderWalk(path: path), let folder = root.folder([bucket]) {
      _ = Self.list(folder, at: "", depth: 0, into: &page)
    }
    return page
  }

  /// Goes through the keys in the order of their bytes; false once the page takes no more.
  private static func list(
    _ folder: borrowing FolderWalk, at start: String, depth: Int, into page: inout KeyPage
  ) -> Bool {
    guard depth < 512 else { return true }
    // What is below a folder has its name with a slash, which says where it stands.
    var entries: [(key: ByteText, isFile: Bool)] = []
    for (name, kind) in folder.entries() where kind != .other {
      let key = kind == .file ? start + name : start + name + "/"
      if page.wants(key, isWhole: kind == .file) { entries.append((key.bytes, kind == .file)) }
    }
    entries.sort { $0.key < $1.key }
    for (key, isFile) in entries {
      if isFile {
        guard page.take(key.string) else { return false }
        continue
      }
      let name = String(Substring(key.string.utf8.dropFirst(start.utf8.count).dropLast()))
      guard let next = folder.folder([name]) else { continue }
      guard list(next, at: key.string, depth: depth + 1, into: &page) else { return false }
    }
    return true
  }

  /// An object's head; nil where there is none.
  func object(_ key: String, in bucket: String) throws(S3Failure) -> StoredObject? {
    guard let (file, status) = try openObject(key, in: bucket) else { return nil }
    defer { close(file) }
    return describe(key, in: bucket, file: file, status: status)
  }

  /// An object, open for reading; nil where there is none.
  func open(_ key: String, in bucket: String) throws(S3Failure) -> ObjectFile? {
    guard let (file, status) = try openObject(key, in: bucket) else { return nil }
    return ObjectFile(describe(key, in: bucket, file: file, status: status), taking: file)
  }

  /// A new upload's file; it is of no bucket yet.
  nonisolated func makeUpload() throws(S3Failure) -> ObjectUpload {
    guard let root = FolderWalk(path: path),
      let uploads = root.folder([".podid", Self.uploads], making: true)
    else { throw .system("\(path)/.podid") }
    return try ObjectUpload(in: uploads)
  }

  /// Refuses unless a condition holds now, so that what cannot be committed need not be finished.
  func check(
    _ condition: WriteCondition, on key: ObjectKey, in bucket: String
  ) throws(S3Failure) {
    try condition.check(key) { () throws(S3Failure) in try object(key.text, in: bucket) }
  }

  /// Makes an upload the object of a key, in place of the one that is there, if the condition holds.
  ///
  /// `status` is the file's, once it is on the disk. All of it is one turn of this actor: of several
  /// writes that ask for the same, one finds it so.
  func commit(
    _ upload: ObjectUpload, _ status: stat, _ metadata: ObjectMetadata, to key: ObjectKey,
    in bucket: String, if condition: WriteCondition
  ) throws(S3Failure) {
    let parts = try key.path()
    guard let root = FolderWalk(path: path) else { throw .server("\(path) is gone") }
    guard let home = root.folder([bucket]) else { throw .noBucket(bucket) }
    try check(condition, on: key, in: bucket)
    guard root.folder([".podid", bucket], making: true) != nil else {
      throw .system("\(path)/.podid")
    }
    // A write that fails leaves no folder of its own, which would keep the bucket from being removed.
    var depth = 0
    while depth < parts.count - 1, home.folder(parts.prefix(depth + 1)) != nil { depth += 1 }
    var isDone = false
    defer {
      if !isDone { Self.removeEmptyFolders(of: parts, in: bucket, below: root, downTo: depth) }
    }
    guard let folder = home.folder(parts.dropLast(), making: true) else {
      throw errno == ENOTDIR || errno == ELOOP || errno == EEXIST
        ? .unstorableKey("a part of its path is an object") : .system(key.text)
    }
    let name = parts[parts.count - 1]
    let old = folder.status(name)
    if let old, old.st_mode & S_IFMT == S_IFDIR {
      throw .unstorableKey("objects lie below it")
    }
    let record = ObjectRecord(
      key: key.text, newest: .init(status, metadata),
      previous: old.flatMap { self.record(of: key.text, in: bucket)?.generation(of: $0) })
    do throws(FileError) {
      try SafeFile.write(record.json.bytes(), to: metadataPath(key.text, in: bucket))
    } catch { throw .server("\(error)") }
    guard upload.move(to: name, in: folder) else { throw .system(key.text) }
    isDone = true
  }

  /// Removes an object and the folders that are empty then; one that is not there is no error.
  func remove(_ key: String, in bucket: String) throws(S3Failure) {
    guard let object = try? ObjectKey(key), let parts = try? object.path(),
      let root = FolderWalk(path: path), let folder = root.folder([bucket] + parts.dropLast()),
      let name = parts.last
    else { return }
    guard let status = folder.status(name), status.st_mode & S_IFMT == S_IFREG else { return }
    guard unlinkat(folder.descriptor, name, 0) == 0 else { throw .system(key) }
    unlink(metadataPath(key, in: bucket))
    digests["\(bucket)/\(key)".bytes] = nil
    Self.removeEmptyFolders(of: parts, in: bucket, below: root)
  }

  /// Removes the folders of a key's path that are there and empty, but for the first `kept`.
  private static func removeEmptyFolders(
    of parts: [String], in bucket: String, below root: borrowing FolderWalk, downTo kept: Int = 0
  ) {
    for depth in stride(from: parts.count - 1, to: kept, by: -1) {
      guard let parent = root.folder([bucket] + parts.prefix(depth - 1)) else { continue }
      guard unlinkat(parent.descriptor, parts[depth - 1], AT_REMOVEDIR) == 0 || errno == ENOENT
      else { return }
    }
  }

  private func openObject(_ key: String, in bucket: String) throws(S3Failure) -> (Int32, stat)? {
    guard let object = try? ObjectKey(key), let parts = try? object.path(), let name = parts.last
    else { return nil }
    errno = 0
    guard let root = FolderWalk(path: path), let folder = root.folder([bucket] + parts.dropLast())
    else {
      try Self.checkDescriptors()
      return nil
    }
    let file = folder.openFile(name)
    guard file >= 0 else {
      try Self.checkDescriptors()
      return nil
    }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(file)
      return nil
    }
    return (file, status)
  }

  /// Tells a call that failed for want of descriptors from one for a thing that is not there.
  static func checkDescriptors() throws(S3Failure) {
    if errno == EMFILE || errno == ENFILE { throw .slowDown }
  }

  private func describe(
    _ key: String, in bucket: String, file: Int32, status: stat
  ) -> StoredObject {
    let size = Int(status.st_size)
    let modified = Instant(status.st_mtim)
    if let known = record(of: key, in: bucket)?.generation(of: status) {
      return StoredObject(key: key, size: size, modified: modified, metadata: known.metadata)
    }
    var metadata = ObjectMetadata()
    let place = "\(bucket)/\(key)".bytes
    if let known = digests[place], known.size == size, known.modified == modified {
      metadata.md5 = known.md5
    } else {
      metadata.md5 = Self.md5(of: file, size: size)
      if digests.count > 100_000 { digests.removeAll() }
      digests[place] = (size, modified, metadata.md5)
    }
    return StoredObject(key: key, size: size, modified: modified, metadata: metadata)
  }

  private func record(of key: String, in bucket: String) -> ObjectRecord? {
    guard let bytes = try? SafeFile.read(metadataPath(key, in: bucket)),
      let json = try? JSON.parse(bytes)
    else { return nil }
    return ObjectRecord(json: json)
  }

  private func metadataPath(_ key: String, in bucket: String) -> String {
    "\(path)/.podid/\(bucket)/\(SHA256.hex(Array(key.utf8))).json"
  }

  private static func md5(of file: Int32, size: Int) -> String {
    var hasher = DigestHasher(.md5)
    var position = 0
    while position < size,
      let piece = FileBytes.read(file, position..<min(position + 1 << 20, size)), !piece.isEmpty
    {
      hasher.update(piece)
      position += piece.count
    }
    return Hex.encode(hasher.finish())
  }
}
