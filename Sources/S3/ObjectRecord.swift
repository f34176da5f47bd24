import AWSDoor
import Glibc
import JSON
import Platform

/// What is kept of the object of one key, in a file beside the buckets: its metadata, and that of the
/// object that was there before.
///
/// An object and its metadata are two files, and the change from one object to the next is the rename
/// of the object's file. The record is written before it and holds both, so that whichever file a kill
/// leaves in place finds its own.
struct ObjectRecord {
  /// One file that was or is to be the object.
  struct Generation {
    let size: Int64
    /// The time of the file's last change, in nanoseconds.
    let modified: Int64
    /// Nil in a record of an older version.
    let inode: Int64?
    let metadata: ObjectMetadata

    /// The object in a file of this state.
    init(_ status: stat, _ metadata: ObjectMetadata) {
      size = Int64(status.st_size)
      modified = Instant(status.st_mtim).nanoseconds
      inode = Int64(bitPattern: UInt64(status.st_ino))
      self.metadata = metadata
    }

    fileprivate init?(json: JSON) {
      guard let size = json["size"]?.integer, let modified = json["modified"]?.integer,
        let metadata = json["object"].flatMap(ObjectMetadata.init(json:))
      else { return nil }
      self.size = size
      self.modified = modified
      inode = json["inode"]?.integer
      self.metadata = metadata
    }

    fileprivate var json: JSON {
      [
        "size": .integer(size), "modified": .integer(modified),
        "inode": inode.map(JSON.integer) ?? .null, "object": metadata.json,
      ]
    }
  }

  let key: String
  let newest: Generation
  let previous: Generation?

  /// The record of an object that replaces another, if there was one.
  init(key: String, newest: Generation, previous: Generation?) {
    self.key = key
    self.newest = newest
    self.previous = previous
  }

  /// Reads a record; nil for anything else.
  init?(json: JSON) {
    guard let key = json["key"]?.string, let newest = Generation(json: json) else { return nil }
    self.key = key
    self.newest = newest
    previous = json["previous"].flatMap(Generation.init(json:))
  }

  /// The record as it is kept.
  var json: JSON {
    var json = newest.json
    if case .object(var object) = json {
      object["key"] = .string(key)
      object["previous"] = previous?.json
      json = .object(object)
    }
    return json
  }

  /// The generation that a file is; nil for a file that was changed or put there by hand.
  func generation(of status: stat) -> Generation? {
    let size = Int64(status.st_size)
    let modified = Instant(status.st_mtim).nanoseconds
    let found = [newest, previous].compactMap { $0 }
      .filter { $0.size == size && $0.modified == modified }
    // The number alone does not count: it is another in a copy of the folder.
    let inode = Int64(bitPattern: UInt64(status.st_ino))
    return found.first { $0.inode == inode } ?? found.first
  }
}
