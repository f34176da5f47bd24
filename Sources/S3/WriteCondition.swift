import AWSDoor
import HTTP
import JSON

/// What a write asks of the object that is there (Amazon S3 user guide, "Conditional writes").
struct WriteCondition {
  /// `If-None-Match: *`: there is none.
  private let isNone: Bool
  /// `If-Match`: it has this entity tag.
  private let match: String?

  /// No condition.
  static let none = WriteCondition(isNone: false, match: nil)

  private init(isNone: Bool, match: String?) {
    self.isNone = isNone
    self.match = match
  }

  /// The condition of a request.
  init(_ call: S3Call) throws(S3Failure) {
    let none = call.request.headers["If-None-Match"]
    guard none == nil || none?.bytes == "*" else {
      throw .notImplemented("If-None-Match with an entity tag")
    }
    isNone = none != nil
    match = call.request.headers["If-Match"]
  }

  /// Refuses unless the object that is there fits; it is looked up only where that matters.
  func check(
    _ key: ObjectKey, _ existing: () throws(S3Failure) -> StoredObject?
  ) throws(S3Failure) {
    guard isNone || match != nil else { return }
    let existing = try existing()
    if isNone, existing != nil { throw .preconditionFailed("If-None-Match") }
    guard let match else { return }
    guard let existing else { throw .noKey(key.text) }
    guard ObjectHead.names(match, existing.etag) else { throw .preconditionFailed("If-Match") }
  }
}
