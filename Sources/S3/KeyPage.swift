import AWSDoor
import JSON

/// A page of a bucket's keys in the order of their bytes, those below a delimiter rolled up.
struct KeyPage: Sendable {
  /// What the page holds.
  enum Entry: Sendable {
    case key(String)
    case commonPrefix(String)

    var text: String {
      switch self {
      case .key(let text), .commonPrefix(let text): text
      }
    }
  }

  let prefix: String
  let delimiter: String
  /// What comes before the page.
  let start: String
  let limit: Int
  private(set) var entries: [Entry] = []
  /// Whether there are more.
  private(set) var isTruncated = false

  /// A page without entries.
  init(prefix: String, delimiter: String, after start: String, limit: Int) {
    self.prefix = prefix
    self.delimiter = delimiter
    self.start = start
    self.limit = limit
  }

  /// Whether a key, or keys that begin with a text, may be of this page.
  func wants(_ text: String, isWhole: Bool) -> Bool {
    let (text, prefix) = (text.bytes, prefix.bytes)
    guard text.hasPrefix(prefix) || !isWhole && prefix.hasPrefix(text) else { return false }
    // A key before the start may still be rolled up into a text behind it.
    guard delimiter.isEmpty else { return true }
    return start.bytes < text || !isWhole && start.bytes.hasPrefix(text)
  }

  /// Takes the next key; false where the page takes no more.
  mutating func take(_ key: String) -> Bool {
    guard limit > 0 else { return false }
    var entry = Entry.key(key)
    if !delimiter.isEmpty, let end = end(in: key) { entry = .commonPrefix(end) }
    guard start.bytes < entry.text.bytes else { return true }
    if case .commonPrefix(let text) = entry, case .commonPrefix(let last) = entries.last,
      text.bytes == last.bytes
    {
      return true
    }
    isTruncated = entries.count == limit
    if !isTruncated { entries.append(entry) }
    return !isTruncated
  }

  /// The key up to the first delimiter after the prefix, the delimiter included.
  private func end(in key: String) -> String? {
    let rest = Array(key.utf8.dropFirst(prefix.utf8.count))
    let wanted = Array(delimiter.utf8)
    guard rest.count >= wanted.count else { return nil }
    for position in 0...(rest.count - wanted.count)
    where rest[position..<(position + wanted.count)].elementsEqual(wanted) {
      return prefix + String(decoding: rest[..<(position + wanted.count)], as: UTF8.self)
    }
    return nil
  }
}
