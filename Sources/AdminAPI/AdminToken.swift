import Platform

/// The stack's admin token: a file of 0600 that whoever comes first makes.
enum AdminToken {
  /// The token in the file; a missing file is made with a new one.
  static func load(path: String, randomness: Randomness) throws(FileError) -> String {
    if !SafeFile.exists(path) {
      let token = Base64.encodeURL(randomness.bytes(32))
      _ = try SafeFile.create(Array((token + "\n").utf8), at: path)
    }
    let token = try SafeFile.readText(path, limit: 4096).filter { !$0.isWhitespace }
    guard token.utf8.count >= 16 else {
      throw FileError(path: path, reason: "holds no admin token of at least 16 characters")
    }
    return token
  }
}

/// The clock's offset as it is kept in a server's state.
struct ClockFile: Sendable {
  let path: String

  /// The kept offset; none where there is no readable file.
  var offset: Duration {
    guard let text = try? SafeFile.readText(path, limit: 64) else { return .zero }
    return Int64(text.filter { !$0.isWhitespace }).map { .nanoseconds($0) } ?? .zero
  }

  /// Keeps an offset.
  func keep(_ offset: Duration) throws(FileError) {
    try SafeFile.write(Array("\(offset.nanoseconds)\n".utf8), to: path)
  }
}
