import AWSDoor
import JSON
import Platform

/// The name of an object, and whether it can be a path below its bucket's folder.
struct ObjectKey: Sendable {
  let text: String

  /// A key; S3 allows 1,024 bytes.
  init(_ text: String) throws(S3Failure) {
    guard text.utf8.count <= 1024 else { throw .keyTooLong }
    self.text = text
  }

  /// The folders and the file of the path; a key that cannot be one is not found, or is refused
  /// on write.
  ///
  /// It is cut at the bytes that are slashes: behind a slash a combining mark makes one `Character` of
  /// both.
  func path() throws(S3Failure) -> [String] {
    let parts = text.bytes.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for part in parts {
      let reason: String? =
        switch part.bytes {
        case "": "it begins or ends with a slash, or has two together"
        case ".", "..": "it has a part \(part)"
        case _ where part.utf8.count > 255: "a part of it is longer than 255 bytes"
        case _ where part.utf8.contains(0): "it has a NUL"
        case _ where !FolderWalk.isName(part): "a part of it is no file's name"
        default: nil
        }
      if let reason { throw .unstorableKey(reason) }
    }
    return parts
  }
}
