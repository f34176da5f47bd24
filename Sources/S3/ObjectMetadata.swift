import AWSDoor
import JSON
import Platform

/// What is kept of an object besides its bytes, in a file of its own.
///
/// It counts only for the file whose size and time of change it names; a file that was put into
/// the folder by hand has the defaults.
struct ObjectMetadata: Sendable {
  var contentType: String?
  /// Content-Encoding, Cache-Control and the like, as they were sent.
  var headers: [(name: String, value: String)] = []
  /// `x-amz-meta-` fields, names without the prefix.
  var user: [(name: String, value: String)] = []
  /// The MD5 of the bytes, in hexadecimal.
  var md5 = ""
  var checksums: [(header: String, value: String)] = []

  /// The header fields that an object keeps.
  static let kept = [
    "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
  ]

  var json: JSON {
    func pairs(_ list: [(String, String)]) -> JSON {
      .array(list.map { .array([.string($0.0), .string($0.1)]) })
    }
    return [
      "contentType": contentType.map(JSON.string) ?? .null,
      "headers": pairs(headers.map { ($0.name, $0.value) }),
      "user": pairs(user.map { ($0.name, $0.value) }), "md5": .string(md5),
      "checksums": pairs(checksums.map { ($0.header, $0.value) }),
    ]
  }

  init() {}

  init?(json: JSON) {
    guard let md5 = json["md5"]?.string else { return nil }
    func pairs(_ name: String) -> [(String, String)] {
      (json[name]?.array ?? []).compactMap { pair in
        guard let first = pair[0]?.string, let second = pair[1]?.string else { return nil }
        return (first, second)
      }
    }
    self.md5 = md5
    contentType = json["contentType"]?.string
    headers = pairs("headers").map { (name: $0.0, value: $0.1) }
    user = pairs("user").map { (name: $0.0, value: $0.1) }
    checksums = pairs("checksums").map { (header: $0.0, value: $0.1) }
  }
}

/// An object as lists and answers show it.
struct StoredObject: Sendable {
  let key: String
  let size: Int
  let modified: Instant
  var metadata: ObjectMetadata
  /// The MD5 in quotes.
  var etag: String { "\"\(metadata.md5)\"" }
}
